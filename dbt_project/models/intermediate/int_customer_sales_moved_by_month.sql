with

customers as (
    select customer_id, judged_as from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now'
),

periods as (
    select distinct account_type, period_days from {{ ref('value_tier_thresholds') }}
),

days as (
    select
        days.*,
        customers.judged_as,
        periods.period_days,
        cast({{ dbt.dateadd('day', 'periods.period_days', 'days.ordered_on') }} as date) as leaves_on
    from {{ ref('int_customer_sales_by_day') }} as days
    inner join customers on days.customer_id = customers.customer_id
    inner join periods on customers.judged_as = periods.account_type
),

-- a purchase enters the period in its own month, and leaves it in the month in which the period has gone by
moves as (
    select
        customer_id,
        judged_as,
        period_days,
        ordered_on as moves_on,
        net_sales,
        order_count
    from days
    union all
    select
        customer_id,
        judged_as,
        period_days,
        leaves_on as moves_on,
        -net_sales as net_sales,
        -order_count as order_count
    from days
    where leaves_on <= {{ as_of_date() }}
),

moved as (
    select
        customer_id,
        judged_as,
        period_days,
        cast({{ dbt.date_trunc('month', 'moves_on') }} as date) as month_on,
        sum(net_sales) as net_sales,
        sum(order_count) as order_count
    from moves
    group by customer_id, judged_as, period_days, cast({{ dbt.date_trunc('month', 'moves_on') }} as date)
)

select * from moved
