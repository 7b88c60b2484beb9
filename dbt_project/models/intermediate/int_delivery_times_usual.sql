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

measured as (
    select
        since_step,
        case when grouping(carrier_id) = 0 then carrier_id end as carrier_id,
        case when grouping(region) = 0 then region end as region,
        count(*) as delivered_count,
        percentile_disc(0.5) within group (order by days) as median_days,
        percentile_disc(0.9) within group (order by days) as usual_days
    from times
    group by grouping sets ((since_step, carrier_id, region), (since_step, carrier_id), (since_step))
),

wanted as (
    select distinct steps.since_step, deliveries.carrier_id, deliveries.region
    from deliveries
    cross join (select distinct since_step from times) as steps
),

-- the narrowest that has twenty; nothing is said of a carrier or a region that nobody wrote down
chosen as (
    select
        wanted.since_step,
        wanted.carrier_id,
        wanted.region,
        measured.delivered_count,
        measured.median_days,
        measured.usual_days,
        case
            when measured.region is null and measured.carrier_id is null then 'all'
            when measured.region is null then 'carrier'
            when measured.carrier_id = '' then 'region'
            else 'carrier and region'
        end as basis
    from wanted
    inner join measured
        on
            wanted.since_step = measured.since_step
            and (
                measured.carrier_id is null
                or (measured.delivered_count >= 20 and measured.carrier_id = wanted.carrier_id and (
                    (measured.region is null and measured.carrier_id <> '')
                    or (measured.region = wanted.region and measured.region <> '')
                ))
            )
    qualify row_number() over (
        partition by wanted.since_step, wanted.carrier_id, wanted.region
        order by
            case when measured.region is not null then 1 when measured.carrier_id is not null then 2 else 3 end
    ) = 1
)

select * from chosen
