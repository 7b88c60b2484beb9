with

stretches as (
    select * from {{ ref('int_delivery_stretches_listed') }}
),

usual as (
    select * from {{ ref('int_delivery_times_usual') }}
),

expected as (
    select * from {{ ref('int_delivery_days_expected') }}
),

compared as (
    select
        stretches.order_id,
        stretches.since_step,
        stretches.started_on,
        stretches.ended_on,
        stretches.is_last,
        stretches.days_allowed,
        {{ days_between('stretches.started_on', as_of_date()) }} as days_waited,
        usual.like_carrier_id,
        usual.like_region,
        usual.usual_days,
        usual.basis as usual_days_basis
    from stretches
    left join usual
        on
        stretches.since_step = usual.since_step
        and stretches.carrier_id = usual.carrier_id
        and stretches.region = usual.region
),

-- for each number of days allowed, after how many it could be seen that they would not suffice
allowed as (
    select distinct
        since_step,
        like_carrier_id,
        like_region,
        days_allowed
    from compared
),

tight as (
    select
        allowed.since_step,
        allowed.like_carrier_id,
        allowed.like_region,
        allowed.days_allowed,
        min(expected.days_waited) as tight_after_days
    from allowed
    inner join expected
        on
        {{ same_parcels('allowed', 'expected') }}
        and allowed.days_allowed < expected.expected_days
    group by allowed.since_step, allowed.like_carrier_id, allowed.like_region, allowed.days_allowed
),

paced as (
    select
        compared.order_id,
        compared.started_on,
        compared.ended_on,
        compared.is_last,
        compared.usual_days,
        compared.usual_days_basis,
        {{ days_later('compared.started_on', 'expected.expected_days') }} as expected_on,
        {{ days_later('compared.started_on', 'least(tight.tight_after_days, compared.usual_days + 1)') }} as slow_on
    from compared
    left join tight on {{ same_parcels('compared', 'tight') }} and compared.days_allowed = tight.days_allowed
    left join expected on {{ same_parcels('compared', 'expected') }} and compared.days_waited = expected.days_waited
)

select * from paced
