{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

with

events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

changes as (
    select
        event_id,
        ticket_id,
        event_number,
        part_number,
        occurred_at,
        field,
        -- Emptied for a moment (A, nobody, B) is still one hand-over from A to B, so an emptied field goes on meaning
        -- its last holder.
        coalesce(value, previous_value) as holder_id,
        previous_value,
        _loaded_at
    from events
    where
        field in ('assignee_id', 'group_id')
        and (problem is null or problem <> 'repeated')
    {%- if is_incremental() %}
        and ticket_id in (select ticket_id from events where {{ is_new_to_this_model() }})
        {%- endif %}
),

ordered as (
    select
        *,
        -- The first change a helpdesk kept may not be the first there was: then its own previous value says who held
        -- the ticket.
        coalesce(
            lag(holder_id) over (partition by ticket_id, field order by event_number, part_number),
            previous_value
        ) as previous_holder_id
    from changes
    where holder_id is not null
),

assignments as (
    select
        event_id,
        part_number,
        ticket_id,
        event_number,
        holder_id,
        previous_holder_id,
        occurred_at,
        case field when 'assignee_id' then 'agent' else 'group' end as holder_type,
        coalesce(previous_holder_id <> holder_id, false) as is_handoff,
        _loaded_at
    from ordered
    where previous_holder_id is null or previous_holder_id <> holder_id
)

select * from assignments
