with

turns as (
    select
        *,
        coalesce(
            lead(is_reopening) over (partition by ticket_id order by occurred_at, length(event_id), event_id), false
        ) as is_reopened
    from {{ ref('int_ticket_statuses_ordered') }}
    where is_resolution or is_reopening
),

tickets as (
    select ticket_id, agent_id from {{ ref('int_tickets_identified') }}
),

stretches as (
    select * from {{ ref('int_ticket_stretches') }}
),

-- Who solved it is who held it then, not who has it now: the next one would answer for what the first left undone.
solutions as (
    select
        turns.event_id,
        turns.ticket_id,
        coalesce(stretches.agent_id, tickets.agent_id) as agent_id,
        turns.occurred_at,
        turns.is_reopened
    from turns
    inner join tickets on turns.ticket_id = tickets.ticket_id
    left join stretches
        on
        turns.ticket_id = stretches.ticket_id
        and turns.occurred_at >= stretches.began_at
        and (stretches.ended_at is null or turns.occurred_at < stretches.ended_at)
    where turns.is_resolution
)

select * from solutions
