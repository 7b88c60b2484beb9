{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id',
    pre_hook="{{ forget_touched(ref('int_ticket_events_unnested'), ref('int_service_staff_listed')) }}"
) }}

with

handoffs as (
    select * from {{ ref('int_ticket_handoffs_found') }} where is_of_agents
),

all_events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

events as (
    select
        all_events.*,
        all_events.event_number * 1000000 + all_events.part_number as place,
        {{ side_of('coalesce(all_events.author_id, all_events.updater_id)', 'tickets.requester_id', 'staff.agent_id') }}
            as side
    from all_events
    inner join tickets on all_events.ticket_id = tickets.ticket_id
    left join staff on coalesce(all_events.author_id, all_events.updater_id) = staff.agent_id
    where
        all_events.ticket_id in (select ticket_id from handoffs)
        and (all_events.problem is null or all_events.problem <> 'repeated')
    {%- if is_incremental() %}
        and all_events.{{ is_touched('all_events', 'staff') | indent(8) }}
        {%- endif %}
),

-- The first that the customer wrote between one hand-over and the next.
asked as (
    select
        handoffs.ticket_id,
        handoffs.event_number as handoff_number,
        handoffs.new_agent_id,
        handoffs.old_agent_id as agent_id,
        min(events.event_number) as event_number,
        min_by(events.event_id, events.place) as event_id,
        min_by(events.part_number, events.place) as part_number,
        min(events.occurred_at) as occurred_at,
        max(events._loaded_at) as _loaded_at
    from handoffs
    inner join events
        on
        handoffs.ticket_id = events.ticket_id
        and handoffs.event_number < events.event_number
        and coalesce(handoffs.next_event_number, events.event_number) >= events.event_number
    where events.kind = 'comment' and events.is_public and events.side = 'customer'
    group by handoffs.ticket_id, handoffs.event_number, handoffs.new_agent_id, handoffs.old_agent_id
),

-- Whoever has it now had said something with the hand-over, or done something since; nobody has it: any of us.
acted as (
    select distinct
        asked.ticket_id,
        asked.handoff_number
    from asked
    inner join events on asked.ticket_id = events.ticket_id
    where
        (
            (asked.handoff_number < events.event_number and events.event_number < asked.event_number)
            or (asked.handoff_number = events.event_number and events.kind = 'comment')
        )
        and case
            when asked.new_agent_id is null then events.side = 'staff'
            else asked.new_agent_id in (events.author_id, events.updater_id)
        end
),

repeats as (
    select asked.* from asked
    left join acted on asked.ticket_id = acted.ticket_id and asked.handoff_number = acted.handoff_number
    where acted.ticket_id is null
)

select * from repeats
