{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

{%- set status_set = last_of(filtered('events.things_done', 'thing', "thing.field = 'status'")) ~ '.value' %}

with

all_events as (
    select * from {{ ref('stg_helpdesk__ticket_events') }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

-- A ticket is worked out anew as a whole: what is late may belong anywhere.
events as (
    select * from all_events
    {%- if is_incremental() %}
        where ticket_id in (
            select ticket_id from all_events where {{ is_new_to_this_model() }}
            union
            select ticket_id from tickets where {{ is_new_to_this_model() }}
        )
    {%- endif %}
),

codes as (
    select * from {{ ref('ticket_codes') }}
),

with_statuses as (
    select
        events.event_id,
        events.ticket_id,
        events.occurred_at,
        events.occurred_at < tickets.opened_at as is_before_opening,
        coalesce(codes.code, {{ status_set }}) as status,
        greatest(events._loaded_at, tickets._loaded_at) as _loaded_at
    from events
    left join tickets on events.ticket_id = tickets.ticket_id
    left join codes on codes.field = 'status' and {{ status_set }} = codes.source_code
),

ordered as (
    select
        event_id,
        ticket_id,
        cast(row_number() over history as integer) as event_number,
        coalesce(
            occurred_at in (lag(occurred_at) over history, lead(occurred_at) over history), false
        ) as is_simultaneous,
        case
            when is_before_opening then 'before opening'
            when last_value(status ignore nulls) over (
                partition by ticket_id order by occurred_at, length(event_id), event_id
                rows between unbounded preceding and 1 preceding
            ) = 'closed' then 'after closing'
        end as problem,
        _loaded_at
    from with_statuses
    window history as (partition by ticket_id order by occurred_at, length(event_id), event_id)
)

select * from ordered
