{{ config(materialized='table') }}

with

days as (
    select calendar_on from {{ ref('int_days_numbered') }}
),

hours as (
    select * from {{ ref('int_business_hours_dated') }}
),

schedules as (
    select distinct schedule_id from hours
),

worked as (
    select
        schedule_id,
        calendar_on,
        cast(sum({{ seconds_between('opens_at', 'closes_at') }}) as bigint) as working_seconds
    from hours
    group by schedule_id, calendar_on
),

every_day as (
    select
        schedules.schedule_id,
        days.calendar_on,
        coalesce(worked.working_seconds, 0) as working_seconds
    from days
    cross join schedules
    left join worked on days.calendar_on = worked.calendar_on and schedules.schedule_id = worked.schedule_id
),

accumulated as (
    select
        schedule_id,
        calendar_on,
        working_seconds,
        cast(sum(working_seconds) over (
            partition by schedule_id order by calendar_on rows between unbounded preceding and current row
        ) as bigint) - working_seconds as working_seconds_before
    from every_day
)

select * from accumulated
