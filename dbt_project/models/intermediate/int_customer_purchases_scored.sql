with

ranked as (
    select * from {{ ref('int_customer_purchases_ranked') }}
),

rules as (
    select * from {{ ref('int_value_rules_in_force') }}
),

segments as (
    select * from {{ ref('rfm_segments') }}
    where {{ is_in_force(as_of_date()) }}
),

-- 1 for the fifth that does worst, 5 for those who do better than four fifths
scored as (
    select
        ranked.*,
        case
            when ranked.buyer_count >= rules.scored_buyers_from
                then 1 + cast(floor(5 * ranked.less_recent_count / ranked.buyer_count) as integer)
        end as recency_score,
        case
            when ranked.buyer_count >= rules.scored_buyers_from
                then 1 + cast(floor(5 * ranked.less_frequent_count / ranked.buyer_count) as integer)
        end as frequency_score,
        case
            when ranked.buyer_count >= rules.scored_buyers_from
                then 1 + cast(floor(5 * ranked.less_money_count / ranked.buyer_count) as integer)
        end as money_score
    from ranked
    cross join rules
),

in_words as (
    select
        scored.customer_id,
        scored.recency_score,
        scored.frequency_score,
        scored.money_score,
        nullif(concat(scored.recency_score, scored.frequency_score, scored.money_score), '') as rfm_score,
        segments.rfm_segment,
        segments.name_en as rfm_segment_en,
        segments.name_zh as rfm_segment_zh
    from scored
    left join segments
        on scored.recency_score between segments.recency_from and segments.recency_to
        and scored.frequency_score between segments.frequency_from and segments.frequency_to
        and scored.money_score between segments.money_from and segments.money_to
    qualify row_number() over (partition by scored.customer_id order by segments.segment_rank) = 1
)

select * from in_words
