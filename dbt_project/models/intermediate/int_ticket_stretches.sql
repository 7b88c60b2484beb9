{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

{%- set fields = {'status': 'status', 'priority': 'priority', 'agent_id': 'assignee_id', 'group_id': 'group_id'} %}

with

all_events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

events as (
    select
        *,
        event_number * 1000000 + part_number as place
    from all_events
    where
        (problem is null or problem <> 'repeated')
    {%- if is_incremental() %}
        and ticket_id in (select ticket_id from all_events where {{ is_new_to_this_model() }})
        {%- endif %}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

group_schedules as (
    select * from {{ ref('group_schedules') }}
),

-- What a field held before its first change; one the history never mentions has always been what it is now, but for the
-- status, which somebody must have changed. Emptied ('') is not the same as not changed (null).
openings as (
    select
        tickets.ticket_id,
        tickets.opened_at as began_at,
        0 as place,
        {%- for column, field in fields.items() %}
            coalesce(
                min_by(coalesce(events.previous_value, ''), events.place) filter (where events.field = '{{ field }}'),
                {%- if field != 'status' %} max(tickets.{{ field }}),{% endif %}
                ''
            ) as {{ column }},
        {%- endfor %}
        max(events._loaded_at) as _loaded_at
    from events
    inner join tickets on events.ticket_id = tickets.ticket_id
    group by tickets.ticket_id, tickets.opened_at
),

-- What is set before the ticket was opened holds when it is.
moments as (
    select * from openings
    union all
    select
        openings.ticket_id,
        greatest(openings.began_at, events.occurred_at) as began_at,
        events.place,
        {%- for column, field in fields.items() %}
            case when events.field = '{{ field }}' then coalesce(events.value, '') end as {{ column }},
        {%- endfor %}
        openings._loaded_at
    from events
    inner join openings on events.ticket_id = openings.ticket_id
    where events.field in ('status', 'priority', 'assignee_id', 'group_id')
),

filled as (
    select
        ticket_id,
        began_at,
        place,
        {%- for column in fields %}
            last_value({{ column }} ignore nulls) over history as {{ column }},
        {%- endfor %}
        _loaded_at,
        lead(began_at) over history as next_at
    from moments
    window history as (partition by ticket_id order by place)
),

-- Of several changes at one moment the last holds; a field that is set to what it was changes nothing.
changed as (
    select * from filled
    where next_at is null or next_at > began_at
    window history as (partition by ticket_id order by place)
    qualify
        row_number() over history = 1
        {%- for column in fields %}
            or {{ column }} <> lag({{ column }}) over history
        {%- endfor %}
),

stretches as (
    select
        changed.ticket_id,
        cast(row_number() over history as integer) as stretch_number,
        changed.began_at,
        lead(changed.began_at) over history as ended_at,
        coalesce(nullif(changed.status, ''), 'new') as status,
        nullif(changed.priority, '') as priority,
        nullif(changed.agent_id, '') as agent_id,
        nullif(changed.group_id, '') as group_id,
        coalesce(own.schedule_id, everybody.schedule_id) as schedule_id,
        changed._loaded_at
    from changed
    left join group_schedules as own
        on changed.group_id = own.group_id and {{ is_in_force('cast(changed.began_at as date)', 'own') }}
    left join group_schedules as everybody
        on everybody.group_id = '*' and {{ is_in_force('cast(changed.began_at as date)', 'everybody') }}
    window history as (partition by changed.ticket_id order by changed.place)
)

select * from stretches
