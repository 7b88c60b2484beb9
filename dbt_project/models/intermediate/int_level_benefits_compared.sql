with

matrix as (
    select * from {{ ref('int_level_benefits_in_force') }}
),

beside_lower as (
    select
        *,
        lag(level) over (partition by benefit order by level_rank) as lower_level,
        coalesce(lag(is_entitled) over (partition by benefit order by level_rank), false) as lower_is_entitled,
        coalesce(lag(is_unlimited) over (partition by benefit order by level_rank), false) as lower_is_unlimited,
        lag(units) over (partition by benefit order by level_rank) as lower_units,
        lag(first_year_units) over (partition by benefit order by level_rank) as lower_first_year_units
    from matrix
),

-- No limit is more than any, whatever one use gives; of two without limit, the one that gives more at a time.
compared as (
    select
        level,
        level_rank,
        lower_level,
        benefit,
        benefit_name_en,
        benefit_name_zh,
        is_entitled,
        lower_is_entitled,
        case
            when not lower_is_entitled then is_entitled
            when is_unlimited and lower_is_unlimited then units > lower_units
            when is_unlimited or lower_is_unlimited then is_unlimited
            else coalesce(first_year_units > lower_first_year_units, false)
        end as is_better
    from beside_lower
)

select * from compared
