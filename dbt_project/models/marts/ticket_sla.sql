with

waits as (
    select
        *,
        ended_at is not null and ended_at < {{ as_of_end() }} as is_ended
    from {{ ref('int_sla_waits_listed') }}
),

judged as (
    select * from {{ ref('int_sla_waits_judged') }}
),

joined as (
    select
        waits.*,
        judged.agent_id,
        judged.group_id,
        judged.priority,
        judged.policy_id,
        judged.clock,
        judged.target_minutes,
        judged.elapsed_minutes,
        judged.breached_at,
        judged.breach_cause,
        case
            when not waits.has_history then 'no history'
            when judged.breached_at is null and judged.policy_id is not null and judged.elapsed_minutes is null
                then 'no timetable for some of the time'
        end as problem
    from waits
    left join judged
        on
        waits.ticket_id = judged.ticket_id
        and waits.metric = judged.metric
        and waits.wait_number = judged.wait_number
),

ticket_sla as (
    select
        ticket_id,
        metric,
        wait_number,
        agent_id,
        group_id,
        priority,
        policy_id,
        clock,
        target_minutes,
        elapsed_minutes,
        began_at,
        case when is_ended then ended_at end as ended_at,
        case when is_ended then ended_by end as ended_by,
        case
            when problem is not null then null
            when breached_at is not null then 'breached'
            when policy_id is null then 'no_target'
            when is_ended then 'met'
            else 'running'
        end as outcome,
        breached_at,
        breach_cause,
        case when breached_at is not null then elapsed_minutes - target_minutes end as minutes_over,
        problem
    from joined
)

select * from ticket_sla
