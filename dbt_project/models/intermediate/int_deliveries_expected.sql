with

deliveries as (
    select
        order_id,
        outcome,
        case when promised_on < until_on then {{ days_later('promised_on', 1) }} end as late_from
    from {{ ref('int_deliveries_listed') }}
),

stretches as (
    select * from {{ ref('int_delivery_stretches_paced') }}
),

aggregated as (
    select
        order_id,
        max(case when is_last then usual_days end) as usual_days,
        max(case when is_last then usual_days_basis end) as usual_days_basis,
        max(case when is_last then expected_on end) as expected_on,
        max(case when is_last and slow_on <= {{ as_of_date() }} then 1 else 0 end) = 1 as is_slow_now,
        min(case when slow_on <= ended_on then slow_on end) as slow_on
    from stretches
    group by order_id
),

-- a parcel that is slow stays so until it arrives, or leaves and is on its way
expected as (
    select
        deliveries.order_id,
        cast(aggregated.usual_days as integer) as usual_days,
        aggregated.usual_days_basis,
        case when deliveries.outcome in ('pending', 'undelivered_late') then aggregated.expected_on end as expected_on,
        deliveries.outcome = 'pending' and coalesce(aggregated.is_slow_now, false) as is_at_risk,
        case
            when deliveries.outcome not in ('cancelled', 'delivered_undated')
                then least(aggregated.slow_on, deliveries.late_from)
        end as at_risk_on
    from deliveries
    left join aggregated on deliveries.order_id = aggregated.order_id
)

select * from expected
