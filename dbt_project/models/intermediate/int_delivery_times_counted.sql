with

deliveries as (
    select
        coalesce(carrier_id, '') as carrier_id,
        coalesce(region, '') as region,
        ordered_on,
        shipped_on,
        delivered_on
    from {{ ref('int_deliveries_listed') }}
),

-- a parcel that has left is compared with parcels from the day they left, another with orders from their day
times as (
    select 'ordered' as since_step, carrier_id, region, {{ days_between('ordered_on', 'delivered_on') }} as days
    from deliveries
    where delivered_on between ordered_on and {{ as_of_date() }}
    union all
    select 'shipped' as since_step, carrier_id, region, {{ days_between('shipped_on', 'delivered_on') }} as days
    from deliveries
    where delivered_on between shipped_on and {{ as_of_date() }}
),

alike as (
    select
        since_step,
        carrier_id,
        region,
        days,
        count(*) as delivered_count
    from times
    group by since_step, carrier_id, region, days
),

grouped as (
    select * from alike
    union all
    select
        since_step,
        carrier_id,
        '*' as region,
        days,
        sum(delivered_count) as delivered_count
    from alike
    group by since_step, carrier_id, days
    union all
    select
        since_step,
        '*' as carrier_id,
        '*' as region,
        days,
        sum(delivered_count) as delivered_count
    from alike
    group by since_step, days
),

counted as (
    select
        *,
        sum(delivered_count) over (
            partition by since_step, carrier_id, region order by days
            rows between unbounded preceding and current row
        ) as delivered_so_far,
        sum(delivered_count) over (partition by since_step, carrier_id, region) as delivered_in_all
    from grouped
)

select * from counted
