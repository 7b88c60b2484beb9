with

breaches as (
    select * from {{ ref('int_sla_breaches_found') }}
),

totalled as (
    select
        *,
        max(calendar_seconds_so_far) over each_wait as calendar_seconds_in_all,
        case
            when count(working_seconds_so_far) over each_wait = count(*) over each_wait
                then max(working_seconds_so_far) over each_wait
        end as working_seconds_in_all
    from {{ ref('int_sla_waits_clocked') }}
    window each_wait as (partition by ticket_id, metric, wait_number)
),

-- One stretch decides: the one in which a target was broken, else the last that had one, else the last.
deciding as (
    select
        totalled.*,
        breaches.breached_at,
        breaches.breach_cause
    from totalled
    left join breaches
        on
        totalled.ticket_id = breaches.ticket_id
        and totalled.metric = breaches.metric
        and totalled.wait_number = breaches.wait_number
    qualify row_number() over (
        partition by totalled.ticket_id, totalled.metric, totalled.wait_number
        order by
            case
                when totalled.stretch_number = breaches.stretch_number then 1
                when totalled.policy_id is not null then 2
                else 3
            end,
            totalled.stretch_number desc
    ) = 1
),

judged as (
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
        breached_at,
        breach_cause,
        cast(
            case clock when 'business' then working_seconds_in_all else calendar_seconds_in_all end / 60.0
            as decimal(18, 2)
        ) as elapsed_minutes
    from deciding
)

select * from judged
