with

complaints as (
    select customer_id, occurred_at as complained_at from {{ ref('complaints') }} where customer_id is not null
),

parcels as (
    select customer_id, outcome from {{ ref('deliveries') }}
    where customer_id is not null and (outcome = 'undelivered_late' or is_at_risk)
),

refunds as (
    select customer_id from {{ ref('returns') }} where customer_id is not null and is_refund_overdue
),

troubles as (
    select customer_id, 'complaint' as trouble, complained_at from complaints
    union all
    select customer_id, 'parcel' as trouble, cast(null as timestamp) as complained_at from parcels
    union all
    select customer_id, 'refund' as trouble, cast(null as timestamp) as complained_at from refunds
),

aggregated as (
    select
        customer_id,
        sum(case when trouble = 'complaint' then 1 else 0 end) as complaint_count,
        max(complained_at) as last_complaint_at,
        sum(case when trouble = 'parcel' then 1 else 0 end) as endangered_delivery_count,
        sum(case when trouble = 'refund' then 1 else 0 end) as overdue_refund_count
    from troubles
    group by customer_id
)

select * from aggregated
