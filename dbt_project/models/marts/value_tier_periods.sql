with

counted as (
    select * from {{ ref('int_value_tiers_counted_by_period') }}
),

-- each kind of account, and all together
grouped as (
    select
        *,
        account_type as account_group
    from counted
    union all
    select
        *,
        'all' as account_group
    from counted
),

totalled as (
    select
        period_kind,
        min(period_start) as period_start,
        period_end,
        judged_on,
        account_group as account_type,
        value_tier,
        cast(sum(customer_count) as bigint) as customer_count,
        cast(sum(buyer_count) as bigint) as buyer_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales
    from grouped
    group by period_kind, period_end, judged_on, account_group, value_tier
),

shared as (
    select
        period_kind,
        period_start,
        period_end,
        judged_on,
        judged_on = period_end as is_complete,
        account_type,
        value_tier,
        customer_count,
        round(customer_count / nullif(cast(sum(customer_count) over period as double), 0), 6) as customer_share,
        buyer_count,
        net_sales,
        round(cast(net_sales as double) / nullif(cast(sum(net_sales) over period as double), 0), 6) as net_sales_share
    from totalled
    window period as (partition by period_kind, period_end, account_type)
)

select * from shared
