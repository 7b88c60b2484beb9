{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id',
    pre_hook="{{ forget_touched(ref('int_ticket_events_unnested')) }}"
) }}

with

all_assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

all_events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

-- Any new event of a ticket may move the numbers of the others.
handoffs as (
    select
        ticket_id,
        event_number,
        max(_loaded_at) as _loaded_at
    from all_assignments
    where
        is_handoff
    {%- if is_incremental() %}
        and ticket_id in (select ticket_id from all_events where {{ is_new_to_this_model() }})
        {%- endif %}
    group by ticket_id, event_number
),

assigned as (
    select
        ticket_id,
        event_number,
        max_by(coalesce(value, ''), part_number) filter (where field = 'assignee_id') as agent_after,
        min_by(coalesce(previous_value, ''), part_number) filter (where field = 'assignee_id') as agent_before
    from all_events
    where
        field in ('assignee_id', 'group_id')
        and (problem is null or problem <> 'repeated')
        and ticket_id in (select ticket_id from handoffs)
    group by ticket_id, event_number
),

-- Emptied ('') is not the same as not changed (null).
held as (
    select
        ticket_id,
        event_number,
        last_value(agent_after ignore nulls) over (partition by ticket_id order by event_number) as agent_after,
        coalesce(last_value(agent_after ignore nulls) over earlier, agent_before) as agent_before,
        coalesce(
            last_value(nullif(agent_after, '') ignore nulls) over earlier, nullif(agent_before, '')
        ) as last_agent_id
    from assigned
    window earlier as (
        partition by ticket_id order by event_number rows between unbounded preceding and 1 preceding
    )
),

handed_over as (
    select
        handoffs.ticket_id,
        handoffs.event_number,
        lead(handoffs.event_number) over (
            partition by handoffs.ticket_id order by handoffs.event_number
        ) as next_event_number,
        nullif(held.agent_after, '') as new_agent_id,
        held.last_agent_id as old_agent_id,
        coalesce(held.agent_after, '') <> coalesce(held.agent_before, '') as is_of_agents,
        handoffs._loaded_at
    from handoffs
    inner join held on handoffs.ticket_id = held.ticket_id and handoffs.event_number = held.event_number
)

select * from handed_over
