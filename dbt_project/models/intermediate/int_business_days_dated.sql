{{ config(materialized='table') }}

-- Up to five years ahead: promises and service levels end in the future.
with

days as (
    select
        calendar_on as local_on,
        iso_weekday,
        cast(calendar_on as timestamp) as local_midnight,
        cast({{ dbt.dateadd('day', 1, 'calendar_on') }} as timestamp) as next_midnight
    from {{ ref('int_days_numbered') }}
    where calendar_on < {{ dbt.dateadd('year', 5, as_of_date()) }}
),

schedules as (
    select * from {{ ref('business_schedules') }}
),

zones as (
    select * from {{ ref('int_time_zones_dated') }}
),

hours as (
    select * from {{ ref('business_hours') }}
),

exceptions as (
    select * from {{ ref('business_days') }}
),

covered as (
    select
        schedules.schedule_id,
        schedules.time_zone,
        days.local_on,
        days.iso_weekday,
        {{ utc_of('days.local_midnight', 'morning') }} as begins_at,
        {{ utc_of('days.next_midnight', 'evening') }} as ends_at
    from days
    inner join schedules on {{ is_in_force('days.local_on', 'schedules') }}
    inner join zones as morning on {{ holds_locally('morning', 'schedules.time_zone', 'days.local_midnight') }}
    inner join zones as evening on {{ holds_locally('evening', 'schedules.time_zone', 'days.next_midnight') }}
),

weekdays as (
    select
        covered.schedule_id,
        covered.local_on,
        min(hours.iso_weekday) as first_weekday,
        max(case when hours.iso_weekday = covered.iso_weekday then covered.iso_weekday end) as own_weekday
    from covered
    inner join hours on covered.schedule_id = hours.schedule_id and {{ is_in_force('covered.local_on', 'hours') }}
    group by covered.schedule_id, covered.local_on
),

-- A weekend that is worked (to make up for a holiday) has the hours of the schedule's first weekday.
judged as (
    select
        covered.*,
        case
            when coalesce(exceptions.is_working_day, true) and weekdays.own_weekday is not null
                then weekdays.own_weekday
            when exceptions.is_working_day then weekdays.first_weekday
        end as hours_of_weekday
    from covered
    left join weekdays on covered.schedule_id = weekdays.schedule_id and covered.local_on = weekdays.local_on
    left join exceptions on covered.schedule_id = exceptions.schedule_id and covered.local_on = exceptions.calendar_on
),

numbered as (
    select
        *,
        hours_of_weekday is not null as is_working_day,
        cast(count(hours_of_weekday) over (partition by schedule_id order by local_on) as integer) as working_day_number
    from judged
)

select * from numbered
