{{ config(materialized='table') }}

with

sales as (
    select * from {{ ref('int_customer_sales_totalled') }}
),

tiers as (
    select * from {{ ref('int_value_tiers_in_force') }}
),

rules as (
    select * from {{ ref('int_value_rules_in_force') }}
),

reached as (
    select
        sales.customer_id,
        sales.account_type,
        sales.judged_as,
        sales.standpoint,
        sales.net_sales,
        sales.recent_net_sales,
        sales.earlier_net_sales,
        sales.order_count,
        sales.first_ordered_on,
        sales.last_ordered_on,
        tiers.value_tier,
        tiers.tier_rank,
        tiers.is_lowest,
        tiers.net_sales_from,
        tiers.period_days,
        tiers.next_tier,
        tiers.next_net_sales_from,
        case
            when tiers.next_net_sales_from is null then null
            when sales.net_sales <= 0 then 0
            else cast(sales.net_sales / tiers.next_net_sales_from as double)
        end as distance_share
    from sales
    inner join tiers
        on sales.standpoint = tiers.standpoint
        and sales.judged_as = tiers.account_type
        and (tiers.is_lowest or sales.net_sales >= tiers.net_sales_from)
        and (tiers.next_net_sales_from is null or sales.net_sales < tiers.next_net_sales_from)
),

-- who bought nothing is like nobody who bought a little
banded as (
    select
        reached.*,
        case
            when reached.distance_share = 0 then 0
            else 1 + cast(floor(reached.distance_share * rules.distance_bands) as integer)
        end as distance_band
    from reached
    cross join rules
)

select * from banded
