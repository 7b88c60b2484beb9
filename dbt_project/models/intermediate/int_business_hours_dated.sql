{{ config(materialized='table') }}

with

days as (
    select * from {{ ref('int_business_days_dated') }} where is_working_day
),

hours as (
    select * from {{ ref('business_hours') }}
),

zones as (
    select * from {{ ref('int_time_zones_dated') }}
),

local_hours as (
    select
        days.schedule_id,
        days.local_on,
        days.time_zone,
        {{ dbt.dateadd('minute', 'hours.opens_at_minute', 'cast(days.local_on as timestamp)') }} as local_opening,
        {{ dbt.dateadd('minute', 'hours.closes_at_minute', 'cast(days.local_on as timestamp)') }} as local_closing
    from days
    inner join hours
        on
        days.schedule_id = hours.schedule_id
        and days.hours_of_weekday = hours.iso_weekday
        and {{ is_in_force('days.local_on', 'hours') }}
),

intervals as (
    select
        local_hours.schedule_id,
        local_hours.local_on,
        {{ utc_of('local_hours.local_opening', 'morning') }} as opens_at,
        {{ utc_of('local_hours.local_closing', 'evening') }} as closes_at
    from local_hours
    inner join zones as morning
        on {{ holds_locally('morning', 'local_hours.time_zone', 'local_hours.local_opening') }}
    inner join zones as evening
        on {{ holds_locally('evening', 'local_hours.time_zone', 'local_hours.local_closing') }}
),

-- Cut at midnight UTC, so that an interval belongs to one UTC day and can be found by it.
cut as (
    select
        schedule_id,
        local_on,
        cast(opens_at as date) as calendar_on,
        opens_at,
        least(closes_at, cast({{ dbt.dateadd('day', 1, 'cast(opens_at as date)') }} as timestamp)) as closes_at
    from intervals
    union all
    select
        schedule_id,
        local_on,
        cast(closes_at as date) as calendar_on,
        cast(cast(closes_at as date) as timestamp) as opens_at,
        closes_at
    from intervals
    where cast(closes_at as date) > cast(opens_at as date) and closes_at > cast(cast(closes_at as date) as timestamp)
)

select * from cut
