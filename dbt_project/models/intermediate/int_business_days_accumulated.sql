with

-- The first stretch of a UTC day begins at midnight.
midnights as (
    select
        schedule_id,
        calendar_on,
        working_seconds_before
    from {{ ref('int_business_time_accumulated') }}
    where begins_at = cast(calendar_on as timestamp)
)

select * from midnights
