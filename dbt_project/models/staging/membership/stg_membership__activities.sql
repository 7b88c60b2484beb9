{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='activity_id') }}

with

source as (
    {{ latest_versions(source('membership', 'activities'), 'activity_id') | indent(4) }}
),

cleaned as (
    select
        activity_id,
        member_id,

        {{ code('type') }} as activity_type,
        quantity,
        {{ cleaned_text('reference') }} as reference,

        occurred_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
