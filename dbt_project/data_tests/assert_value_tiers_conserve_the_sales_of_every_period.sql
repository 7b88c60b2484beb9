-- A row means that the value tiers of a calendar period do not add up to what its orders came to, or that customers who
-- had ordered by then are missing or counted twice: a customer's stretches at a tier, or the thresholds, have a gap or
-- overlap.
with

today as (
    select max(judged_on) as judged_on from {{ ref('value_tier_periods') }}
),

orders as (
    select
        customer_id,
        net_sales,
        cast({{ dbt.date_trunc('month', 'ordered_at') }} as date) as month_on
    from {{ ref('orders') }} as orders
    inner join today on cast(orders.ordered_at as date) <= today.judged_on
    where is_sale
),

months as (
    select * from {{ ref('int_calendar_periods') }}
),

bought as (
    select
        months.period_kind,
        months.period_end,
        count(distinct orders.customer_id) as buyer_count,
        sum(orders.net_sales) as net_sales
    from months
    inner join orders on months.month_on = orders.month_on
    group by months.period_kind, months.period_end
),

newcomers as (
    select
        month_on,
        count(*) as customer_count
    from (select customer_id, min(month_on) as month_on from orders group by customer_id) as firsts -- noqa: ST05
    group by month_on
),

known as (
    select
        months.period_kind,
        months.period_end,
        sum(newcomers.customer_count) as customer_count
    from (select distinct period_kind, period_end, judged_month_on from months) as months -- noqa: ST05
    inner join newcomers on months.judged_month_on >= newcomers.month_on
    group by months.period_kind, months.period_end
),

tiers as (
    select
        period_kind,
        period_end,
        sum(customer_count) as customer_count,
        sum(buyer_count) as buyer_count,
        sum(net_sales) as net_sales
    from {{ ref('value_tier_periods') }}
    where account_type = 'all' and period_kind <> 'rolling'
    group by period_kind, period_end
)

select tiers.*
from tiers
inner join known on tiers.period_kind = known.period_kind and tiers.period_end = known.period_end
left join bought on tiers.period_kind = bought.period_kind and tiers.period_end = bought.period_end
where
    tiers.customer_count <> known.customer_count
    or tiers.buyer_count <> coalesce(bought.buyer_count, 0)
    or tiers.net_sales <> coalesce(bought.net_sales, 0)
