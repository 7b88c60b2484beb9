with

sales as (
    select * from {{ ref('int_customer_sales_totalled') }}
),

tiers as (
    select * from {{ ref('int_value_tiers_in_force') }}
),

-- the highest tier reached; what the recent half of the period would come to over a whole one, against the next
reached as (
    select
        sales.customer_id,
        sales.account_type,
        tiers.value_tier,
        tiers.period_days,
        tiers.next_tier,
        cast(sales.net_sales as decimal(18, 4)) as net_sales,
        cast(sales.recent_net_sales as decimal(18, 4)) as recent_net_sales,
        cast(tiers.next_net_sales_from - sales.net_sales as decimal(18, 4)) as net_sales_to_next,
        cast(2 * sales.recent_net_sales / nullif(tiers.next_net_sales_from, 0) as double) as projected_share
    from sales
    inner join tiers
        on sales.judged_as = tiers.account_type
        and (tiers.is_lowest or sales.net_sales >= tiers.net_sales_from)
    qualify row_number() over (partition by sales.customer_id order by tiers.tier_rank desc) = 1
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
    from reached
)

select * from explained
