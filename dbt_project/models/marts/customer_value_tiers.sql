with

assembled as (
    select * from {{ ref('int_customer_values_assembled') }}
),

explained as (
    select
        customer_id,
        account_type,
        value_tier,
        previous_value_tier,
        tier_change,
        net_sales,
        period_days,
        next_tier,
        cast(net_sales_to_next as decimal(18, 4)) as net_sales_to_next,
        recent_net_sales,
        earlier_net_sales,

        recency_days,
        order_count,
        category_count,
        recency_score,
        frequency_score,
        money_score,
        rfm_score,
        rfm_segment,
        {{ segment_in_words('en') }} as rfm_segment_en,
        {{ segment_in_words('zh') }} as rfm_segment_zh,

        expected_net_sales,
        upgrade_potential,
        potential_distance,
        potential_trend,
        potential_frequency,
        potential_breadth,
        potential_similar,
        potential_expected,
        {{ upgrade_in_words_en() }} as upgrade_reason,
        {{ upgrade_in_words_zh() }} as upgrade_reason_zh,

        is_sliding,
        is_falling,
        is_silent,
        is_leaving,
        falls_to,
        falls_on,
        {{ sliding_in_words_en() }} as sliding_reason,
        {{ sliding_in_words_zh() }} as sliding_reason_zh,
        {{ as_of_date() }} as as_of_date
    from assembled
)

select * from explained
