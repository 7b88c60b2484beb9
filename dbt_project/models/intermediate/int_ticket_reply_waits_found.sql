{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id',
    pre_hook="{{ forget_touched(ref('int_ticket_events_unnested'), ref('int_service_staff_listed')) }}"
) }}

with

all_events as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

tickets as (
    select ticket_id, requester_id, opened_at from {{ ref('int_tickets_identified') }}
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

-- What staff write at the moment of opening is the question itself; the helpdesk (-1, nobody) neither asks nor answers.
sided as (
    select
        comments.ticket_id,
        comments.event_number,
        comments.part_number,
        comments.occurred_at,
        comments._loaded_at,
        case
            when staff.agent_id is null or comments.author_id = tickets.requester_id then 'customer'
            when comments.occurred_at > tickets.opened_at then 'reply'
        end as side
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
    left join staff on comments.author_id = staff.agent_id
    where comments.author_id <> '-1'
),

numbered as (
    select
        *,
        count(case when side = 'reply' then 1 end) over (
            partition by ticket_id order by event_number, part_number
        ) as replies_so_far
    from sided
    where side is not null
),

-- What comes between two replies belongs together: the wait begins with the first comment and ends with the next reply.
asked as (
    select
        ticket_id,
        replies_so_far,
        min(occurred_at) as began_at,
        max(_loaded_at) as _loaded_at
    from numbered
    where side = 'customer' and replies_so_far > 0
    group by ticket_id, replies_so_far
),

waits as (
    select
        asked.ticket_id,
        cast(row_number() over (partition by asked.ticket_id order by asked.replies_so_far) as integer) as wait_number,
        asked.began_at,
        replies.occurred_at as ended_at,
        asked._loaded_at
    from asked
    left join numbered as replies
        on
        asked.ticket_id = replies.ticket_id
        and replies.side = 'reply'
        and asked.replies_so_far + 1 = replies.replies_so_far
)

select * from waits
