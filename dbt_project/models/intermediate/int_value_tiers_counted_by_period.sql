with

counted as (
    select * from {{ ref('int_value_tiers_counted_by_month') }}
),

sales as (
    select * from {{ ref('int_value_tier_sales_by_period') }}
),

periods as (
    select distinct period_kind, period_start, period_end, judged_month_on from {{ ref('int_calendar_periods') }}
),

calendar as (
    select
        periods.period_kind,
        periods.period_start,
        periods.period_end,
        counted.judged_on,
        counted.account_type,
        counted.value_tier,
        counted.customer_count,
        coalesce(sales.buyer_count, 0) as buyer_count,
        coalesce(sales.net_sales, 0) as net_sales
    from periods
    inner join counted on periods.judged_month_on = counted.month_on
    left join sales
        on periods.period_kind = sales.period_kind
        and periods.period_start = sales.period_start
        and counted.account_type = sales.judged_as
        and counted.value_tier = sales.value_tier
),

rolling as (
    select
        'rolling' as period_kind,
        cast({{ dbt.dateadd('day', '1 - period_days', 'judged_on') }} as date) as period_start,
        judged_on as period_end,
        judged_on,
        account_type,
        value_tier,
        customer_count,
        buyer_count,
        net_sales
    from counted
),

every_kind as (
    select * from calendar
    union all
    select * from rolling
)

select * from every_kind
