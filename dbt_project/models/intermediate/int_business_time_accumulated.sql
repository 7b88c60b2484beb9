{{ config(materialized='table') }}

with

days as (
    select * from {{ ref('int_business_days_dated') }}
),

hours as (
    select * from {{ ref('int_business_hours_dated') }}
),

calendar as (
    select cast(calendar_on as timestamp) as midnight from {{ ref('int_days_numbered') }}
    where calendar_on < {{ dbt.dateadd('year', 5, as_of_date()) }}
),

schedules as (
    select distinct schedule_id from days
),

-- Every moment at which something begins or ends, and every midnight UTC, so that a moment is found by its UTC day.
turns as (
    select schedule_id, begins_at as moment, 1 as covering, 0 as working from days
    union all
    select schedule_id, ends_at as moment, -1 as covering, 0 as working from days
    union all
    select schedule_id, opens_at as moment, 0 as covering, 1 as working from hours
    union all
    select schedule_id, closes_at as moment, 0 as covering, -1 as working from hours
    union all
    select schedules.schedule_id, calendar.midnight as moment, 0 as covering, 0 as working
    from calendar
    cross join schedules
),

moments as (
    select
        schedule_id,
        moment,
        sum(covering) as covering,
        sum(working) as working
    from turns
    group by schedule_id, moment
    having sum(covering) <> 0 or sum(working) <> 0 or moment = cast(cast(moment as date) as timestamp)
),

stretches as (
    select
        schedule_id,
        moment as begins_at,
        lead(moment) over (partition by schedule_id order by moment) as ends_at,
        sum(working) over (partition by schedule_id order by moment) > 0 as is_working,
        sum(covering) over (partition by schedule_id order by moment) <= 0 as is_missing
    from moments
),

timed as (
    select
        *,
        case when is_working then {{ seconds_between('begins_at', 'ends_at') }} else 0 end as working_seconds,
        case when is_missing then {{ seconds_between('begins_at', 'ends_at') }} else 0 end as missing_seconds
    from stretches
    where ends_at is not null
),

accumulated as (
    select
        schedule_id,
        cast(begins_at as date) as calendar_on,
        begins_at,
        ends_at,
        is_working,
        is_missing,
        cast(sum(working_seconds) over earlier as bigint) - working_seconds as working_seconds_before,
        cast(sum(missing_seconds) over earlier as bigint) - missing_seconds as missing_seconds_before
    from timed
    window earlier as (partition by schedule_id order by begins_at)
)

select * from accumulated
