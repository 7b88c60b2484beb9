with

tiers as (
    select * from {{ ref('customer_value_tiers') }}
),

by_tier as (
    select
        value_tier,
        count(*) as customer_count,
        sum(net_sales) as net_sales
    from tiers
    group by value_tier
),

shared as (
    select
        value_tier,
        customer_count,
        round(customer_count / cast(sum(customer_count) over () as double), 6) as customer_share,
        cast(net_sales as decimal(18, 4)) as net_sales,
        round(cast(net_sales as double) / nullif(sum(cast(net_sales as double)) over (), 0), 6) as net_sales_share
    from by_tier
)

select * from shared
