with

deliveries as (
    select
        order_id,
        coalesce(carrier_id, '') as carrier_id,
        coalesce(region, '') as region,
        ordered_on,
        shipped_on,
        promised_on,
        {{ days_between('ordered_on', 'promised_on') }} as days_from_order,
        {{ days_between('shipped_on', 'promised_on') }} as days_from_shipping,
        coalesce({{ days_later('delivered_on', -1) }}, {{ as_of_date() }}) as seen_until_on
    from {{ ref('int_deliveries_listed') }}
),

listed as (
    select
        order_id,
        'ordered' as since_step,
        carrier_id,
        region,
        ordered_on as started_on,
        least(seen_until_on, coalesce({{ days_later('shipped_on', -1) }}, seen_until_on)) as ended_on,
        days_from_order as days_allowed,
        shipped_on is null as is_last
    from deliveries
    union all
    select
        order_id,
        'shipped' as since_step,
        carrier_id,
        region,
        shipped_on as started_on,
        seen_until_on as ended_on,
        days_from_shipping as days_allowed,
        true as is_last
    from deliveries
    where shipped_on is not null
)

select * from listed
