with

deliveries as (
    select * from {{ ref('int_deliveries_listed') }}
),

usual as (
    select * from {{ ref('int_delivery_times_usual') }}
),

paced as (
    select
        deliveries.*,
        coalesce(deliveries.shipped_on, deliveries.ordered_on) as started_on,
        coalesce({{ days_later('deliveries.delivered_on', -1) }}, {{ as_of_date() }}) as seen_until_on,
        from_order.usual_days as usual_days_from_order,
        from_order.median_days as median_days_from_order,
        from_shipping.usual_days as usual_days_from_shipping,
        from_shipping.median_days as median_days_from_shipping,
        case when deliveries.shipped_on is null then from_order.usual_days else from_shipping.usual_days end
            as usual_days,
        case when deliveries.shipped_on is null then from_order.median_days else from_shipping.median_days end
            as median_days,
        case when deliveries.shipped_on is null then from_order.basis else from_shipping.basis end as usual_days_basis
    from deliveries
    left join usual as from_order
        on
            coalesce(deliveries.carrier_id, '') = from_order.carrier_id
            and coalesce(deliveries.region, '') = from_order.region
            and from_order.since_step = 'ordered'
    left join usual as from_shipping
        on
            coalesce(deliveries.carrier_id, '') = from_shipping.carrier_id
            and coalesce(deliveries.region, '') = from_shipping.region
            and from_shipping.since_step = 'shipped'
),

-- the first day at whose end it could be seen coming, before it left and after
foreseen as (
    select
        *,
        case
            when {{ days_later('ordered_on', 'median_days_from_order') }} > promised_on then ordered_on
            else {{ days_later('ordered_on', 'usual_days_from_order + 1') }}
        end as slow_before_leaving_on,
        case
            when {{ days_later('shipped_on', 'median_days_from_shipping') }} > promised_on then shipped_on
            else {{ days_later('shipped_on', 'usual_days_from_shipping + 1') }}
        end as slow_on_the_way_on,
        least(coalesce({{ days_later('shipped_on', -1) }}, seen_until_on), seen_until_on) as before_leaving_until_on,
        {{ days_later('promised_on', 1) }} as late_from,
        case
            when median_days is not null then greatest({{ days_later('started_on', 'median_days') }}, {{ as_of_date() }})
        end as arrives_on
    from paced
),

expected as (
    select
        order_id,
        cast(usual_days as integer) as usual_days,
        usual_days_basis,
        case when outcome in ('pending', 'undelivered_late') then arrives_on end as expected_on,
        coalesce(
            outcome = 'pending'
            and ({{ days_between('started_on', as_of_date()) }} > usual_days or arrives_on > promised_on), false
        ) as is_at_risk,
        case
            when outcome not in ('cancelled', 'delivered_undated') then least(
                case when slow_before_leaving_on <= before_leaving_until_on then slow_before_leaving_on end,
                case when slow_on_the_way_on <= seen_until_on then slow_on_the_way_on end,
                case when late_from <= until_on then late_from end
            )
        end as at_risk_on
    from foreseen
)

select * from expected
