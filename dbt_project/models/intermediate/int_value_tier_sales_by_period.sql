with

stretches as (
    select * from {{ ref('int_customer_value_tiers_by_stretch') }}
),

days as (
    select * from {{ ref('int_customer_sales_by_day') }}
),

periods as (
    select * from {{ ref('int_calendar_periods') }}
),

months as (
    select
        customer_id,
        cast({{ dbt.date_trunc('month', 'ordered_on') }} as date) as month_on,
        sum(net_sales) as net_sales
    from days
    group by customer_id, cast({{ dbt.date_trunc('month', 'ordered_on') }} as date)
),

bought as (
    select
        months.customer_id,
        periods.period_kind,
        periods.period_start,
        periods.judged_month_on,
        sum(months.net_sales) as net_sales
    from months
    inner join periods on months.month_on = periods.month_on
    group by months.customer_id, periods.period_kind, periods.period_start, periods.judged_month_on
),

-- everybody's purchases count in the tier they are in at the end
by_tier as (
    select
        bought.period_kind,
        bought.period_start,
        stretches.judged_as,
        stretches.value_tier,
        count(*) as buyer_count,
        sum(bought.net_sales) as net_sales
    from bought
    inner join stretches
        on bought.customer_id = stretches.customer_id
        and bought.judged_month_on >= stretches.first_month_on
        and bought.judged_month_on < stretches.next_month_on
    group by bought.period_kind, bought.period_start, stretches.judged_as, stretches.value_tier
)

select * from by_tier
