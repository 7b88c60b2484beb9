with

counted as (
    select * from {{ ref('int_delivery_times_counted') }}
),

measured as (
    select
        since_step,
        carrier_id,
        region,
        max(delivered_in_all) as delivered_count,
        min(case when delivered_so_far >= 0.9 * delivered_in_all then days end) as usual_days
    from counted
    group by since_step, carrier_id, region
),

steps as (
    select distinct since_step from counted
),

wanted as (
    select distinct
        steps.since_step,
        coalesce(deliveries.carrier_id, '') as carrier_id,
        coalesce(deliveries.region, '') as region
    from {{ ref('int_deliveries_listed') }} as deliveries
    cross join steps
),

-- the narrowest that has twenty; nothing is said of a carrier or a region that nobody wrote down
chosen as (
    select
        wanted.since_step,
        wanted.carrier_id,
        wanted.region,
        measured.carrier_id as like_carrier_id,
        measured.region as like_region,
        measured.delivered_count,
        measured.usual_days,
        case
            when measured.carrier_id = '*' then 'all'
            when measured.region = '*' then 'carrier'
            when measured.carrier_id = '' then 'region'
            else 'carrier and region'
        end as basis
    from wanted
    inner join measured
        on
        wanted.since_step = measured.since_step
        and (
            measured.carrier_id = '*'
            or (measured.delivered_count >= 20 and wanted.carrier_id = measured.carrier_id and (
                (measured.region = '*' and measured.carrier_id <> '')
                or (wanted.region = measured.region and measured.region <> '')
            ))
        )
    qualify row_number() over (
        partition by wanted.since_step, wanted.carrier_id, wanted.region
        order by
            case when measured.region <> '*' then 1 when measured.carrier_id <> '*' then 2 else 3 end
    ) = 1
)

select * from chosen
