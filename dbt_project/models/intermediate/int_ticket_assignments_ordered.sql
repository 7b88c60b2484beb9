with

changes as (
    select
        event_id,
        ticket_id,
        occurred_at,
        field,
        -- Emptied for a moment (A, nobody, B) is still one hand-over from A to B, so an emptied field goes on meaning
        -- its last holder.
        coalesce(value, previous_value) as holder_id,
        previous_value
    from {{ ref('int_ticket_events_unnested') }}
    where field in ('assignee_id', 'group_id')
),

ordered as (
    select
        *,
        -- The first change a helpdesk kept may not be the first there was: then its own previous value says who held
        -- the ticket.
        coalesce(
            lag(holder_id) over (partition by ticket_id, field order by occurred_at, length(event_id), event_id),
            previous_value
        ) as previous_holder_id
    from changes
    where holder_id is not null
),

assignments as (
    select
        event_id,
        ticket_id,
        holder_id,
        previous_holder_id,
        occurred_at,
        case field when 'assignee_id' then 'agent' else 'group' end as holder_type,
        coalesce(previous_holder_id <> holder_id, false) as is_handoff
    from ordered
    where previous_holder_id is null or previous_holder_id <> holder_id
)

select * from assignments
