with

thresholds as (
    select * from {{ ref('value_tier_thresholds') }}
    where {{ is_in_force(as_of_date()) }}
),

in_force as (
    select
        account_type,
        value_tier,
        tier_rank,
        max(period_days) over (partition by account_type) as period_days,
        coalesce(net_sales_from, 0) as net_sales_from,
        net_sales_from is null as is_lowest,
        lead(value_tier) over (partition by account_type order by tier_rank) as next_tier,
        lead(net_sales_from) over (partition by account_type order by tier_rank) as next_net_sales_from
    from thresholds
)

select * from in_force
