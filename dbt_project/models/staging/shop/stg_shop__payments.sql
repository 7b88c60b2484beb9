{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='payment_id') }}

with

source as (
    {{ latest_versions(source('shop', 'payments'), 'payment_id') | indent(4) }}
),

cleaned as (
    select
        payment_id,
        order_id,

        {{ code('method') }} as method,
        {{ code('status') }} as source_status,

        amount,

        paid_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
