with

history as (
    select * from {{ ref('member_tier_history') }}
),

levels as (
    select * from {{ ref('member_levels') }}
),

-- what was earned or taken back that day comes before what it led to; what only time did comes with the day
earned as (
    select
        customer_id,
        cast(occurred_at as date) as earned_on,
        max(occurred_at) as earned_at
    from {{ ref('growth_ledger') }}
    group by customer_id, cast(occurred_at as date)
),

reasons as (
    {{ with_words('history', 'change', 'change_reason') | indent(4) }}
),

-- a level that ended and one that follows it in time: nobody falls from a level they did not hold the day before
followed as (
    select
        reasons.*,
        lag(level) over (partition by customer_id order by valid_from) as level_held,
        lag(level_rank) over (partition by customer_id order by valid_from) as previous_rank
    from reasons
),

named as (
    select
        followed.customer_id,
        concat(followed.customer_id, '-', followed.valid_from) as change_id,
        case
            when followed.change_reason in ('growth earned', 'goods returned') and earned.earned_at is not null
                then earned.earned_at
            else cast(followed.valid_from as timestamp)
        end as changed_at,
        followed.level_rank,
        followed.previous_rank,
        followed.change_en,
        followed.change_zh,
        levels.name_en,
        levels.name_zh,
        previous_levels.name_en as previous_name_en,
        previous_levels.name_zh as previous_name_zh
    from followed
    inner join levels
        on followed.level = levels.level and {{ is_in_force('followed.valid_from', 'levels') }}
    inner join levels as previous_levels
        on followed.level_held = previous_levels.level and {{ is_in_force('followed.valid_from', 'previous_levels') }}
    left join earned on followed.customer_id = earned.customer_id and followed.valid_from = earned.earned_on
    where followed.level_rank <> followed.previous_rank
)

select * from named
