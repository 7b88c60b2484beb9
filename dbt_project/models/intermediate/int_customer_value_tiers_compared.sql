with

today as (
    select * from {{ ref('int_customer_value_tiers_reached') }} where standpoint = 'now'
),

earlier as (
    select * from {{ ref('int_customer_value_tiers_reached') }} where standpoint = 'a period ago'
),

tiers as (
    select * from {{ ref('int_value_tiers_in_force') }} where standpoint = 'now'
),

compared as (
    select
        today.customer_id,
        today.account_type,
        today.value_tier,
        earlier.value_tier as previous_value_tier,
        case
            when today.first_ordered_on is null then null
            when earlier.tier_rank is null then 'new'
            when today.tier_rank > earlier.tier_rank then 'rose'
            when today.tier_rank < earlier.tier_rank then 'fell'
            else 'same'
        end as tier_change,
        today.period_days,
        today.net_sales,
        today.recent_net_sales,
        today.earlier_net_sales,
        today.order_count,
        today.next_tier,
        tiers.next_name_en,
        tiers.next_name_zh,
        today.next_net_sales_from - today.net_sales as net_sales_to_next
    from today
    inner join tiers on today.judged_as = tiers.account_type and today.value_tier = tiers.value_tier
    left join earlier on today.customer_id = earlier.customer_id
)

select * from compared
