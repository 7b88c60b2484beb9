with

complaints as (
    select * from {{ ref('int_complaints_handled') }}
),

traced as (
    select * from {{ ref('int_complaints_traced') }}
),

followed as (
    select * from {{ ref('int_complaints_followed') }}
),

-- what comes within 90 days is told when the 90 days are over, of all alike
joined as (
    select
        complaints.complaint_id,
        complaints.customer_id,
        complaints.occurred_at,
        complaints.signals,
        complaints.signal_count,
        complaints.cause,
        complaints.ticket_id,
        complaints.order_id,
        complaints.return_id,
        traced.product_id,
        traced.supplier_id,
        traced.carrier_id,
        traced.distributor_id,

        complaints.answered_at,
        complaints.resolved_at,
        cast(
            {{ seconds_between('complaints.occurred_at', 'complaints.resolved_at') }} / 60.0 as decimal(18, 2)
        ) as minutes_to_resolve,
        complaints.outcome,
        complaints.handling,
        complaints.was_apologised,
        complaints.was_refunded,

        followed.next_purchase_on,
        followed.days_to_next_purchase,
        case
            when followed.is_judged then coalesce(followed.days_to_next_purchase <= 90, false)
        end as next_purchase_within_90_days,
        followed.level_before,
        case when followed.is_judged then followed.level_after end as level_after,
        followed.account_type,
        followed.value_tier_before,
        case when followed.is_judged then followed.value_tier_after end as value_tier_after,
        followed.recency_band,
        case when followed.is_judged then followed.similar_customer_count end as similar_customer_count,
        case
            when followed.is_judged and followed.similar_customer_count > 0 then cast(
                1.0 * followed.similar_buyer_count / followed.similar_customer_count as decimal(5, 4)
            )
        end as similar_purchase_rate
    from complaints
    left join traced on complaints.complaint_id = traced.complaint_id
    left join followed on complaints.complaint_id = followed.complaint_id
)

select * from joined
