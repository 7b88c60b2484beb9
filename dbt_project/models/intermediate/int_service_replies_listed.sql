with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

comments as (
    select * from {{ ref('int_ticket_events_unnested') }}
    where kind = 'comment' and is_public and (problem is null or problem <> 'repeated')
),

replies as (
    select
        comments.event_id,
        comments.part_number,
        comments.ticket_id,
        comments.author_id as agent_id,
        tickets.group_id,
        comments.occurred_at,
        cast({{ seconds_between('tickets.opened_at', 'comments.occurred_at') }} / 60.0 as decimal(18, 2))
            as minutes_since_opening,
        row_number() over (
            partition by comments.ticket_id order by comments.event_number, comments.part_number
        ) = 1 as is_first
    from comments
    inner join staff on comments.author_id = staff.agent_id
    inner join tickets on comments.ticket_id = tickets.ticket_id
    where comments.author_id <> tickets.requester_id and comments.occurred_at > tickets.opened_at
)

select * from replies
