with

handoffs as (
    select ticket_id, event_number, previous_holder_id as agent_id, occurred_at
    from {{ ref('int_ticket_assignments_ordered') }}
    where
        holder_type = 'agent' and is_handoff
        and ticket_id in (select ticket_id from {{ ref('int_tickets_identified') }})
),

repeats as (
    select * from {{ ref('int_ticket_repeats_found') }}
),

-- What the agent left to nobody, and the customer wrote about, is handed over when somebody takes it.
repeated as (
    select
        repeats.ticket_id,
        repeats.event_number as repeat_number,
        min(handoffs.event_number) as event_number
    from repeats
    inner join handoffs
        on
        repeats.ticket_id = handoffs.ticket_id
        and repeats.handoff_number <= handoffs.event_number
    group by repeats.ticket_id, repeats.event_number
),

judged as (
    select
        handoffs.ticket_id,
        handoffs.agent_id,
        handoffs.occurred_at,
        {{ dbt.dateadd('second', -1, 'handoffs.occurred_at') }} as held_at,
        count(repeated.repeat_number) > 0 as is_repeated
    from handoffs
    left join repeated
        on handoffs.ticket_id = repeated.ticket_id and handoffs.event_number = repeated.event_number
    group by handoffs.ticket_id, handoffs.event_number, handoffs.agent_id, handoffs.occurred_at
)

select * from judged
