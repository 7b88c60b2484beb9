{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

with

events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

changes as (
    select
        event_id,
        part_number,
        ticket_id,
        event_number,
        occurred_at,
        value as status,
        coalesce(
            lag(value) over (partition by ticket_id order by event_number, part_number), previous_value
        ) as previous_status,
        _loaded_at
    from events
    where
        field = 'status'
        and value is not null
        and (problem is null or problem <> 'repeated')
    {%- if is_incremental() %}
        and ticket_id in (select ticket_id from events where {{ is_new_to_this_model() }})
        {%- endif %}
),

statuses as (
    select
        *,
        status in ('solved', 'closed') and coalesce(previous_status not in ('solved', 'closed'), true) as is_resolution,
        status not in ('solved', 'closed', 'deleted')
        and coalesce(previous_status in ('solved', 'closed'), false) as is_reopening
    from changes
)

select * from statuses
