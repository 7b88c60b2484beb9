{{ config(materialized='table') }}

with

waits as (
    select *, least(coalesce(ended_at, {{ as_of_end() }}), {{ as_of_end() }}) as clock_ends_at
    from {{ ref('int_sla_waits_listed') }} where has_history
),

stretches as (
    select *, coalesce(ended_at, {{ as_of_end() }}) as next_began_at from {{ ref('int_ticket_stretches') }}
),

policies as (
    select * from {{ ref('sla_policies') }}
),

working_time as (
    select * from {{ ref('int_business_time_accumulated') }}
),

shared as (
    select
        waits.ticket_id,
        waits.metric,
        waits.wait_number,
        waits.opened_on,
        stretches.stretch_number,
        stretches.priority,
        stretches.agent_id,
        stretches.group_id,
        stretches.schedule_id,
        greatest(waits.began_at, stretches.began_at) as began_at,
        least(waits.clock_ends_at, stretches.next_began_at) as ended_at,
        {{ is_open_status('stretches.status') }}
        and not (waits.metric = 'customer_waiting' and stretches.status = 'pending') as is_running
    from waits
    inner join stretches
        on
        waits.ticket_id = stretches.ticket_id
        and waits.began_at < stretches.next_began_at
        and (stretches.began_at < waits.clock_ends_at or stretches.began_at <= waits.began_at)
),

timed as (
    select
        shared.*,
        policies.policy_id,
        policies.clock,
        policies.target_minutes,
        {{ working_seconds_at('since', 'shared.began_at') }} as working_seconds_at_start,
        case when shared.is_running then {{ seconds_between('shared.began_at', 'shared.ended_at') }} else 0 end
            as calendar_seconds,
        case
            when not shared.is_running then 0
            else {{ working_seconds_between('since', 'shared.began_at', 'until', 'shared.ended_at') }}
        end as working_seconds
    from shared
    left join policies
        on
        shared.metric = policies.metric
        and shared.priority = policies.priority
        and {{ is_in_force('shared.opened_on', 'policies') }}
    left join working_time as since on {{ is_at('since', 'shared.schedule_id', 'shared.began_at') }}
    left join working_time as until on {{ is_at('until', 'shared.schedule_id', 'shared.ended_at') }}
),

-- Time of which no timetable knows makes all that follows unknown.
clocked as (
    select
        *,
        cast(sum(calendar_seconds) over so_far as bigint) as calendar_seconds_so_far,
        case
            when max(case when working_seconds is null then 1 else 0 end) over so_far = 0
                then cast(sum(working_seconds) over so_far as bigint)
        end as working_seconds_so_far
    from timed
    window so_far as (partition by ticket_id, metric, wait_number order by stretch_number)
)

select * from clocked
