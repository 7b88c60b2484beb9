with

customers as (
    select * from {{ ref('int_customer_profiles_completed') }}
),

orders as (
    select customer_id, ordered_at, net_sales from {{ ref('orders') }}
    where is_sale and ordered_at < {{ as_of_end() }}
),

thresholds as (
    select
        value_tier,
        tier_rank,
        account_type,
        period_days,
        coalesce(net_sales_from, 0) as net_sales_from,
        net_sales_from is null as is_lowest
    from {{ ref('value_tier_thresholds') }}
    where {{ is_in_force(as_of_date()) }}
),

periods as (
    select
        account_type,
        max(period_days) as period_days,
        cast(floor(max(period_days) / 2) as integer) as half_period_days
    from thresholds
    group by account_type
),

-- a guest, or an account of an unknown kind, is judged as an individual
judged_as as (
    select
        customers.customer_id,
        customers.account_type,
        case when customers.account_type = 'organisation' then 'organisation' else 'individual' end as judged_as
    from customers
),

sales as (
    select
        judged_as.customer_id,
        judged_as.account_type,
        judged_as.judged_as,
        periods.period_days,
        coalesce(sum(orders.net_sales), 0) as net_sales,
        coalesce(sum(case
            when orders.ordered_at >= {{ dbt.dateadd('day', '-periods.half_period_days', as_of_end()) }}
                then orders.net_sales
        end), 0) as recent_net_sales
    from judged_as
    inner join periods on judged_as.judged_as = periods.account_type
    left join orders
        on judged_as.customer_id = orders.customer_id
        and orders.ordered_at >= {{ dbt.dateadd('day', '-periods.period_days', as_of_end()) }}
    group by judged_as.customer_id, judged_as.account_type, judged_as.judged_as, periods.period_days
),

tiers as (
    select
        sales.customer_id,
        sales.account_type,
        sales.judged_as,
        sales.period_days,
        sales.net_sales,
        sales.recent_net_sales,
        thresholds.value_tier,
        thresholds.tier_rank
    from sales
    inner join thresholds
        on sales.judged_as = thresholds.account_type
        and (thresholds.is_lowest or sales.net_sales >= thresholds.net_sales_from)
    qualify row_number() over (partition by sales.customer_id order by thresholds.tier_rank desc) = 1
),

-- what the recent half of the period would come to over a whole one, against the next threshold
projected as (
    select
        tiers.customer_id,
        tiers.account_type,
        tiers.value_tier,
        tiers.period_days,
        cast(tiers.net_sales as decimal(18, 4)) as net_sales,
        cast(tiers.recent_net_sales as decimal(18, 4)) as recent_net_sales,
        next_tiers.value_tier as next_tier,
        cast(next_tiers.net_sales_from - tiers.net_sales as decimal(18, 4)) as net_sales_to_next,
        cast(2 * tiers.recent_net_sales / nullif(next_tiers.net_sales_from, 0) as double) as projected_share
    from tiers
    left join thresholds as next_tiers
        on tiers.judged_as = next_tiers.account_type
        and tiers.tier_rank + 1 = next_tiers.tier_rank
),

explained as (
    select
        customer_id,
        account_type,
        value_tier,
        net_sales,
        period_days,
        next_tier,
        net_sales_to_next,
        recent_net_sales,
        case
            when next_tier is null then null
            when projected_share <= 0 then 0
            when projected_share >= 1 then 1
            else round(projected_share, 4)
        end as upgrade_potential,
        case
            when next_tier is null then 'Already in the highest tier.'
            else concat(
                'Needs ', {{ cents('net_sales_to_next') }}, ' more within ', period_days, ' days for ', next_tier,
                '; bought ', {{ cents('recent_net_sales') }}, ' of ', {{ cents('net_sales') }},
                ' in the recent half, which is ',
                case
                    when recent_net_sales * 2 > net_sales then 'growing.'
                    when recent_net_sales * 2 < net_sales then 'shrinking.'
                    else 'steady.'
                end
            )
        end as upgrade_reason
    from projected
)

select * from explained
