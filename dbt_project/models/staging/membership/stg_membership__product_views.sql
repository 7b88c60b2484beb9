{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='view_id') }}

with

source as (
    {{ latest_versions(source('membership', 'product_views'), 'view_id') | indent(4) }}
),

cleaned as (
    select
        view_id,
        member_id,
        product_id,

        seconds,

        viewed_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
