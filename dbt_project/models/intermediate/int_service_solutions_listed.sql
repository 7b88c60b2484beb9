with

tickets as (
    select ticket_id, agent_id, group_id from {{ ref('int_tickets_identified') }}
),

assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

turns as (
    select
        *,
        coalesce(
            lead(is_reopening) over (partition by ticket_id order by occurred_at, length(event_id), event_id), false
        ) as is_reopened
    from {{ ref('int_ticket_statuses_ordered') }}
    where is_resolution or is_reopening
),

solutions as (
    select * from turns where is_resolution
),

held as (
    select
        solutions.event_id,
        solutions.ticket_id,
        assignments.holder_type,
        assignments.holder_id
    from solutions
    inner join assignments
        on
        solutions.ticket_id = assignments.ticket_id
        and solutions.occurred_at >= assignments.occurred_at
    qualify row_number() over (
        partition by solutions.ticket_id, solutions.event_id, assignments.holder_type
        order by assignments.occurred_at desc, length(assignments.event_id) desc, assignments.event_id desc
    ) = 1
),

-- Who solved it is who held it then, not who has it now: the next one would answer for what the first left undone.
listed as (
    select
        solutions.event_id,
        solutions.ticket_id,
        coalesce(agents.holder_id, tickets.agent_id) as agent_id,
        coalesce(groups.holder_id, tickets.group_id) as group_id,
        solutions.occurred_at,
        solutions.is_reopened
    from solutions
    inner join tickets on solutions.ticket_id = tickets.ticket_id
    left join held as agents
        on
        solutions.ticket_id = agents.ticket_id and solutions.event_id = agents.event_id
        and agents.holder_type = 'agent'
    left join held as groups
        on
        solutions.ticket_id = groups.ticket_id and solutions.event_id = groups.event_id
        and groups.holder_type = 'group'
)

select * from listed
