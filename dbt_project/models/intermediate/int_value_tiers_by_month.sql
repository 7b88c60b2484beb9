with

months as (
    select * from {{ ref('int_months_numbered') }}
),

thresholds as (
    select * from {{ ref('value_tier_thresholds') }}
),

by_month as (
    select
        months.month_on,
        months.judged_on,
        thresholds.account_type,
        thresholds.value_tier,
        thresholds.tier_rank,
        thresholds.net_sales_from,
        max(thresholds.period_days) over (partition by thresholds.account_type, months.month_on) as period_days,
        max(thresholds.valid_from) over (partition by thresholds.account_type, months.month_on) as rules_from,
        lead(thresholds.net_sales_from) over (
            partition by thresholds.account_type, months.month_on order by thresholds.tier_rank
        ) as next_net_sales_from
    from months
    inner join thresholds on {{ is_in_force('months.judged_on', 'thresholds') }}
)

select * from by_month
