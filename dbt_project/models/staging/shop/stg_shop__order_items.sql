{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='order_item_id') }}

with

source as (
    {{ latest_versions(source('shop', 'order_items'), 'order_item_id') | indent(4) }}
),

cleaned as (
    select
        order_item_id,
        order_id,
        product_id,

        quantity,
        unit_price,
        discount_amount,
        line_amount,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
