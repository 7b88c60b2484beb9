with

periods as (
    select
        *,
        lead(level_rank) over following as next_level_rank,
        lead(growth_before) over following as growth_before_fall,
        lead(review_on) over following as next_review_on
    from {{ ref('int_member_level_periods') }}
    window following as (partition by customer_id order by valid_from)
),

levels as (
    select * from {{ ref('int_member_levels_by_period') }}
),

-- What is still ahead of the period that holds now, if nothing more is earned.
foreseen as (
    select
        periods.customer_id,
        periods.next_review_on as review_on,
        periods.valid_to as expires_on,
        greatest(levels.growth_from - periods.growth_before_fall, 0) as growth_to_keep
    from periods
    inner join levels
        on
        periods.level_rank = levels.level_rank
        and periods.valid_to >= levels.from_on
        and (levels.to_on is null or periods.valid_to < levels.to_on)
    where
        periods.valid_from <= {{ as_of_date() }}
        and periods.valid_to > {{ as_of_date() }}
        and periods.next_level_rank < periods.level_rank
)

select * from foreseen
