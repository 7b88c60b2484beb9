{{ config(materialized='view') }}

with

beliefs as (
    select * from {{ ref('int_member_level_beliefs') }} where known_until is not null
),

restated as (
    select
        customer_id,
        level,
        level_rank,
        valid_from,
        valid_to,
        previous_level,
        growth_value,
        change_reason,
        known_at,
        known_until,
        restated_by,
        restated_from,
        {{ restated_because('en') }} as restated_because,
        {{ restated_because('zh') }} as restated_because_zh
    from beliefs
)

select * from restated
