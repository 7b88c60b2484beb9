with

clocked as (
    select
        *,
        60 * target_minutes as target_seconds,
        case clock
            when 'business' then working_seconds_so_far - working_seconds
            when 'calendar' then calendar_seconds_so_far - calendar_seconds
        end as seconds_before,
        case clock
            when 'business' then working_seconds_so_far
            when 'calendar' then calendar_seconds_so_far
        end as seconds_so_far
    from {{ ref('int_sla_waits_clocked') }}
),

breached as (
    select
        *,
        target_seconds - seconds_before as seconds_left,
        case clock when 'business' then working_seconds_at_start + target_seconds - seconds_before end
            as working_seconds_at_breach
    from clocked
    where seconds_so_far > target_seconds
    qualify row_number() over (partition by ticket_id, metric, wait_number order by stretch_number) = 1
),

-- The inverse look-up: the moment at which so much working time has passed. A working stretch is no longer than a day,
-- so it lies in one bucket or two.
working_time as (
    select
        schedule_id,
        begins_at,
        working_seconds_before,
        working_seconds_before + {{ seconds_between('begins_at', 'ends_at') }} as working_seconds_after
    from {{ ref('int_business_time_accumulated') }}
    where is_working
),

buckets as (
    select *, floor(working_seconds_before / 86400) as bucket from working_time
    union all
    select *, floor(working_seconds_after / 86400) as bucket from working_time
    where floor(working_seconds_after / 86400) > floor(working_seconds_before / 86400)
),

located as (
    select
        breached.*,
        buckets.begins_at as works_from,
        breached.working_seconds_at_breach - buckets.working_seconds_before as seconds_worked
    from breached
    left join buckets
        on
        breached.schedule_id = buckets.schedule_id
        and floor(breached.working_seconds_at_breach / 86400) = buckets.bucket
        and breached.working_seconds_at_breach >= buckets.working_seconds_before
        and breached.working_seconds_at_breach < buckets.working_seconds_after
),

found as (
    select
        ticket_id,
        metric,
        wait_number,
        stretch_number,
        policy_id,
        case when seconds_left < 0 then 'priority' else 'time' end as breach_cause,
        case
            when seconds_left < 0 then began_at
            when clock = 'calendar' then {{ dbt.dateadd('second', 'seconds_left', 'began_at') }}
            else {{ dbt.dateadd('second', 'seconds_worked', 'works_from') }}
        end as breached_at
    from located
)

select * from found
