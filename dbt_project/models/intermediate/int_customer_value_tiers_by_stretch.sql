{{ config(materialized='table') }}

with

moved as (
    select * from {{ ref('int_customer_sales_moved_by_month') }}
),

tiers as (
    select
        account_type,
        value_tier,
        period_days,
        net_sales_from,
        next_net_sales_from,
        min(month_on) as first_month_on,
        max(month_on) as last_month_on
    from {{ ref('int_value_tiers_by_month') }}
    group by account_type, value_tier, period_days, rules_from, net_sales_from, next_net_sales_from
),

-- from one move to the month before the next, what the period holds does not change
standing as (
    select
        customer_id,
        judged_as,
        period_days,
        month_on as first_month_on,
        lead(month_on) over (partition by customer_id, period_days order by month_on) as next_month_on,
        sum(net_sales) over (
            partition by customer_id, period_days order by month_on rows between unbounded preceding and current row
        ) as net_sales,
        sum(order_count) over (
            partition by customer_id, period_days order by month_on rows between unbounded preceding and current row
        ) as order_count
    from moved
),

stretches as (
    select
        standing.customer_id,
        standing.judged_as,
        tiers.value_tier,
        greatest(standing.first_month_on, tiers.first_month_on) as first_month_on,
        cast(least(
            coalesce(standing.next_month_on, cast('9999-12-01' as date)),
            {{ dbt.dateadd('month', 1, 'tiers.last_month_on') }}
        ) as date) as next_month_on,
        standing.net_sales,
        standing.order_count
    from standing
    inner join tiers
        on standing.judged_as = tiers.account_type
        and standing.period_days = tiers.period_days
        and standing.first_month_on <= tiers.last_month_on
        and (standing.next_month_on is null or standing.next_month_on > tiers.first_month_on)
        and (tiers.net_sales_from is null or standing.net_sales >= tiers.net_sales_from)
        and (tiers.next_net_sales_from is null or standing.net_sales < tiers.next_net_sales_from)
)

select * from stretches
