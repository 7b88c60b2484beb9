{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id',
    pre_hook="{{ forget_touched(ref('int_ticket_events_unnested'), ref('int_service_staff_listed')) }}"
) }}

with

all_events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

comments as (
    select * from all_events
    where
        kind = 'comment'
        and is_public
        and (problem is null or problem <> 'repeated')
    {%- if is_incremental() %}
        and {{ is_touched('all_events', 'staff') | indent(8) }}
        {%- endif %}
),

waits as (
    select
        ticket_id,
        count(*) as next_reply_count,
        avg({{ seconds_between('began_at', 'ended_at') }}) as average_seconds,
        max({{ seconds_between('began_at', 'ended_at') }}) as longest_seconds
    from {{ ref('int_ticket_reply_waits_found') }}
    where ended_at is not null
    group by ticket_id
),

-- What is written at the moment of opening is the question itself, even when an agent typed it for a customer on the
-- phone.
replies as (
    select
        comments.ticket_id,
        comments.occurred_at,
        comments._loaded_at
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
    inner join staff on comments.author_id = staff.agent_id
    where
        comments.occurred_at > tickets.opened_at
        and comments.author_id <> coalesce(tickets.requester_id, '')
),

counted as (
    select
        ticket_id,
        cast(count(*) as integer) as reply_count,
        min(occurred_at) as first_reply_at,
        max(_loaded_at) as _loaded_at
    from replies
    group by ticket_id
),

aggregated as (
    select
        counted.ticket_id,
        counted.reply_count,
        counted.first_reply_at,
        cast(coalesce(waits.next_reply_count, 0) as integer) as next_reply_count,
        cast(waits.average_seconds / 60.0 as decimal(18, 2)) as average_next_reply_minutes,
        cast(waits.longest_seconds / 60.0 as decimal(18, 2)) as longest_next_reply_minutes,
        counted._loaded_at
    from counted
    left join waits on counted.ticket_id = waits.ticket_id
)

select * from aggregated
