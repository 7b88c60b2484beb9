with

tiers as (
    select * from {{ ref('int_customer_value_tiers_compared') }}
),

ranked as (
    select * from {{ ref('int_customer_purchases_ranked') }}
),

scored as (
    select * from {{ ref('int_customer_purchases_scored') }}
),

potentials as (
    select * from {{ ref('int_upgrade_potentials_weighed') }}
),

sliding as (
    select * from {{ ref('int_sliding_customers_found') }}
),

assembled as (
    select
        tiers.customer_id,
        tiers.account_type,
        tiers.value_tier,
        tiers.previous_value_tier,
        tiers.tier_change,
        tiers.period_days,
        tiers.net_sales,
        tiers.recent_net_sales,
        tiers.earlier_net_sales,
        tiers.order_count,
        tiers.next_tier,
        tiers.next_name_en,
        tiers.next_name_zh,
        tiers.net_sales_to_next,
        ranked.recency_days,
        coalesce(ranked.category_count, 0) as category_count,
        scored.recency_score,
        scored.frequency_score,
        scored.money_score,
        scored.rfm_score,
        scored.rfm_segment,
        scored.rfm_segment_en,
        scored.rfm_segment_zh,
        potentials.potential_distance,
        potentials.potential_trend,
        potentials.potential_frequency,
        potentials.potential_breadth,
        potentials.potential_similar,
        potentials.potential_expected,
        potentials.similar_count,
        potentials.expectation_status,
        potentials.expected_net_sales,
        potentials.upgrade_potential,
        coalesce(sliding.is_falling or sliding.is_silent or sliding.is_leaving, false) as is_sliding,
        coalesce(sliding.is_falling, false) as is_falling,
        coalesce(sliding.is_silent, false) as is_silent,
        coalesce(sliding.is_leaving, false) as is_leaving,
        sliding.silent_days,
        sliding.usual_gap_days,
        sliding.falls_on,
        sliding.falls_to,
        sliding.falls_to_en,
        sliding.falls_to_zh
    from tiers
    left join ranked on tiers.customer_id = ranked.customer_id
    left join scored on tiers.customer_id = scored.customer_id
    left join potentials on tiers.customer_id = potentials.customer_id
    left join sliding on tiers.customer_id = sliding.customer_id
)

select * from assembled
