with

counted as (
    select * from {{ ref('int_delivery_times_counted') }}
),

looked_at as (
    select distinct
        since_step,
        like_carrier_id,
        like_region,
        usual_days
    from {{ ref('int_delivery_times_usual') }}
),

numbers as (
    {{ dbt.generate_series(366) | indent(4) }}
),

-- what had arrived after so many days, also after those on which nothing did
waited as (
    select
        looked_at.since_step,
        looked_at.like_carrier_id,
        looked_at.like_region,
        cast(numbers.generated_number - 1 as integer) as days_waited,
        coalesce(max(case when counted.days < numbers.generated_number then counted.delivered_so_far end), 0) as arrived
    from looked_at
    inner join numbers on looked_at.usual_days >= numbers.generated_number - 1
    inner join counted
        on
        looked_at.since_step = counted.since_step
        and looked_at.like_carrier_id = counted.carrier_id
        and looked_at.like_region = counted.region
    group by looked_at.since_step, looked_at.like_carrier_id, looked_at.like_region, numbers.generated_number
),

-- of those that had not, half had after
expected as (
    select
        waited.since_step,
        waited.like_carrier_id,
        waited.like_region,
        waited.days_waited,
        min(counted.days) as expected_days
    from waited
    inner join counted
        on
        waited.since_step = counted.since_step
        and waited.like_carrier_id = counted.carrier_id
        and waited.like_region = counted.region
        and waited.days_waited < counted.days
        and 2 * (counted.delivered_so_far - waited.arrived) >= counted.delivered_in_all - waited.arrived
    group by waited.since_step, waited.like_carrier_id, waited.like_region, waited.days_waited
)

select * from expected
