with

comments as (
    select * from {{ ref('int_ticket_events_unnested') }} where kind = 'comment' and is_public
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

-- What is written at the moment of opening is the question itself, even when an agent typed it for a customer on the
-- phone.
replies as (
    select
        comments.ticket_id,
        comments.occurred_at
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
    inner join staff on comments.author_id = staff.agent_id
    where
        comments.occurred_at > tickets.opened_at
        and comments.author_id <> coalesce(tickets.requester_id, '')
),

aggregated as (
    select
        ticket_id,
        cast(count(*) as integer) as reply_count,
        min(occurred_at) as first_reply_at
    from replies
    group by ticket_id
)

select * from aggregated
