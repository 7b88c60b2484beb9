with

thresholds as (
    select * from {{ ref('value_tier_thresholds') }}
),

today as (
    select
        account_type,
        'now' as standpoint,
        {{ as_of_date() }} as judged_on,
        max(period_days) as period_days
    from thresholds
    where {{ is_in_force(as_of_date()) }}
    group by account_type
),

period_ago as (
    select
        account_type,
        cast({{ dbt.dateadd('day', '-period_days', 'judged_on') }} as date) as judged_on
    from today
),

-- by the rules of that day, which may look back on another number of days
earlier as (
    select
        period_ago.account_type,
        'a period ago' as standpoint,
        period_ago.judged_on,
        max(thresholds.period_days) as period_days
    from period_ago
    inner join thresholds
        on period_ago.account_type = thresholds.account_type
        and {{ is_in_force('period_ago.judged_on', 'thresholds') }}
    group by period_ago.account_type, period_ago.judged_on
),

standpoints as (
    select * from today
    union all
    select * from earlier
),

dated as (
    select
        *,
        cast({{ dbt.dateadd('day', '1 - period_days', 'judged_on') }} as date) as period_from,
        cast({{ dbt.dateadd('day', '1 - cast(floor(period_days / 2) as integer)', 'judged_on') }} as date)
            as recent_from
    from standpoints
)

select * from dated
