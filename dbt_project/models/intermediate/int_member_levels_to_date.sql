with

periods as (
    select * from {{ ref('int_member_level_periods') }} where valid_from <= {{ as_of_date() }}
),

-- Of customers that were joined to others the periods are left as they were.
members as (
    select * from {{ ref('int_members_aggregated_to_customers') }}
),

levels as (
    select *, min(valid_from) over () as first_from from {{ ref('member_levels') }}
),

to_date as (
    select
        periods.customer_id,
        periods.valid_from,
        case when periods.valid_to <= {{ as_of_date() }} then periods.valid_to end as valid_to,
        periods.level_rank,
        periods.change_reason,
        periods.growth_value,
        levels.level,
        lag(levels.level) over (partition by periods.customer_id order by periods.valid_from) as previous_level
    from periods
    inner join members on periods.customer_id = members.customer_id
    inner join levels
        on
        periods.level_rank = levels.level_rank
        and {{ is_in_force('greatest(periods.valid_from, levels.first_from)', 'levels') }}
)

select * from to_date
