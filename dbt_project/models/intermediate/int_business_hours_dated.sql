{{ config(materialized='table') }}

with

days as (
    select calendar_on as local_on, iso_weekday from {{ ref('int_days_numbered') }}
),

hours as (
    select * from {{ ref('business_hours') }}
),

exceptions as (
    select * from {{ ref('business_days') }}
),

-- A weekend that is worked (to make up for a holiday) has the hours of the schedule's first weekday.
first_weekdays as (
    select schedule_id, min(iso_weekday) as iso_weekday from hours group by schedule_id
),

weekdays as (
    select distinct schedule_id, iso_weekday from hours
),

working_days as (
    select
        schedules.schedule_id,
        days.local_on,
        case
            when exceptions.is_working_day and regular.schedule_id is null then schedules.iso_weekday
            else days.iso_weekday
        end as hours_of_weekday
    from days
    cross join first_weekdays as schedules
    left join exceptions on days.local_on = exceptions.calendar_on and schedules.schedule_id = exceptions.schedule_id
    left join weekdays as regular
        on schedules.schedule_id = regular.schedule_id and days.iso_weekday = regular.iso_weekday
    where coalesce(exceptions.is_working_day, regular.schedule_id is not null)
),

-- An offset east of Greenwich makes local time later than UTC.
local_hours as (
    select
        *,
        opens_at_minute - utc_offset_minutes as opens_after,
        closes_at_minute - utc_offset_minutes as closes_after
    from hours
),

intervals as (
    select
        working_days.schedule_id,
        {{ dbt.dateadd('minute', 'hours.opens_after', 'cast(working_days.local_on as timestamp)') }} as opens_at,
        {{ dbt.dateadd('minute', 'hours.closes_after', 'cast(working_days.local_on as timestamp)') }} as closes_at
    from working_days
    inner join local_hours as hours
        on
        working_days.schedule_id = hours.schedule_id
        and working_days.hours_of_weekday = hours.iso_weekday
        and working_days.local_on >= hours.valid_from
        and (hours.valid_to is null or working_days.local_on < hours.valid_to)
),

-- Cut at midnight UTC, so that an interval belongs to one UTC day and can be found by it.
cut as (
    select
        schedule_id,
        cast(opens_at as date) as calendar_on,
        opens_at,
        least(closes_at, cast({{ dbt.dateadd('day', 1, 'cast(opens_at as date)') }} as timestamp)) as closes_at
    from intervals
    union all
    select
        schedule_id,
        cast(closes_at as date) as calendar_on,
        cast(cast(closes_at as date) as timestamp) as opens_at,
        closes_at
    from intervals
    where cast(closes_at as date) > cast(opens_at as date) and closes_at > cast(cast(closes_at as date) as timestamp)
)

select * from cut
