with

levels as (
    select * from {{ ref('member_levels') }}
),

boundaries as (
    select valid_from as from_on from levels
    union
    select valid_to as from_on from levels where valid_to is not null
),

periods as (
    select from_on, lead(from_on) over (order by from_on) as to_on from boundaries
),

bounded as (
    select
        periods.from_on,
        periods.to_on,
        levels.level_rank,
        levels.level,
        levels.name_en,
        levels.name_zh,
        levels.growth_from,
        levels.coefficient,
        -- The lowest level takes everybody, whatever a manual correction may have done to their growth.
        lag(levels.growth_from) over (partition by periods.from_on order by levels.level_rank) is null as is_lowest,
        lead(levels.growth_from) over (partition by periods.from_on order by levels.level_rank) as next_growth_from,
        lead(levels.level) over (partition by periods.from_on order by levels.level_rank) as next_level
    from periods
    inner join levels
        on periods.from_on >= levels.valid_from and (levels.valid_to is null or periods.from_on < levels.valid_to)
)

select * from bounded
