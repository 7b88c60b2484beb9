-- A row means that value_tier_periods and customer_value_tiers tell different things of the same day: one of them
-- counts other days, or other customers. Customers who never ordered are in the second only.
with

rolling as (
    select
        account_type,
        value_tier,
        customer_count,
        net_sales
    from {{ ref('value_tier_periods') }}
    where period_kind = 'rolling' and account_type <> 'all'
    qualify period_end = max(period_end) over ()
),

today as (
    select
        case when account_type = 'organisation' then 'organisation' else 'individual' end as account_type,
        value_tier,
        count(*) as customer_count,
        sum(net_sales) as net_sales
    from {{ ref('customer_value_tiers') }}
    where tier_change is not null
    group by 1, 2
)

select
    rolling.*,
    today.customer_count as expected_customer_count,
    today.net_sales as expected_net_sales
from rolling
left join today on rolling.account_type = today.account_type and rolling.value_tier = today.value_tier
where
    rolling.customer_count <> coalesce(today.customer_count, 0)
    or rolling.net_sales <> coalesce(today.net_sales, 0)
