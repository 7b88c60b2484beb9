with

foretold as (
    select * from {{ ref('int_purchases_foretold') }}
    where forecast = 'back-test'
),

purchase_days as (
    select * from {{ ref('int_purchase_days_listed') }}
),

period as (
    select * from {{ ref('int_forecast_periods_set') }}
    where forecast = 'back-test'
),

-- the days held back, and as many before them
bought as (
    select
        purchase_days.customer_id,
        case when purchase_days.purchased_on > period.learns_through then 'actual' else 'last' end as happened,
        count(*) as orders,
        sum(purchase_days.net_sales) as net_sales
    from purchase_days
    cross join period
    where purchase_days.purchased_on > {{ dbt.dateadd('day', '-period.forecast_days', 'period.learns_through') }}
    group by purchase_days.customer_id, happened
),

known as (
    select
        foretold.*,
        cast(coalesce(actual.orders, 0) as decimal(18, 4)) as actual_orders,
        cast(coalesce(actual.net_sales, 0) as decimal(18, 4)) as actual_net_sales,
        cast(coalesce(last_period.orders, 0) as decimal(28, 10)) as last_orders,
        cast(coalesce(last_period.net_sales, 0) as decimal(28, 10)) as last_net_sales
    from foretold
    left join bought as actual
        on foretold.customer_id = actual.customer_id and actual.happened = 'actual'
    left join bought as last_period
        on foretold.customer_id = last_period.customer_id and last_period.happened = 'last'
),

-- ten places, so that averages add up to what they were taken from
compared as (
    select
        customer_id,
        customer_kind,
        'model' as method,
        status,
        cast(expected_orders as decimal(28, 10)) as expected_orders,
        cast(expected_net_sales as decimal(28, 10)) as expected_net_sales,
        actual_orders,
        actual_net_sales
    from known
    union all
    select
        customer_id,
        customer_kind,
        'last period repeated' as method,
        status,
        last_orders as expected_orders,
        last_net_sales as expected_net_sales,
        actual_orders,
        actual_net_sales
    from known
    union all
    select
        customer_id,
        customer_kind,
        'same for all' as method,
        status,
        cast(avg(last_orders) over (partition by customer_kind) as decimal(28, 10)) as expected_orders,
        cast(avg(last_net_sales) over (partition by customer_kind) as decimal(28, 10)) as expected_net_sales,
        actual_orders,
        actual_net_sales
    from known
)

select * from compared
