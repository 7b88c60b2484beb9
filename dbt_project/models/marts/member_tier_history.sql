{{ config(materialized='view') }}

with

beliefs as (
    select * from {{ ref('int_member_level_beliefs') }}
    where known_until is null and valid_from <= {{ as_of_date() }}
),

history as (
    select
        customer_id,
        level,
        level_rank,
        valid_from,
        case when valid_to <= {{ as_of_date() }} then valid_to end as valid_to,
        previous_level,
        growth_value,
        change_reason,
        known_at
    from beliefs
)

select * from history
