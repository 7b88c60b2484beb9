with

comments as (
    select * from {{ ref('int_ticket_events_unnested') }}
    where kind = 'comment' and is_public and (problem is null or problem <> 'repeated')
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

tickets as (
    select ticket_id, requester_id, customer_id from {{ ref('int_tickets_identified') }}
),

-- An agent who asks for something themselves is a customer on that ticket.
listed as (
    select
        comments.event_id,
        comments.part_number,
        comments.ticket_id,
        tickets.customer_id,
        comments.author_id as agent_id,
        comments.occurred_at,
        comments.body
    from comments
    inner join staff on comments.author_id = staff.agent_id
    left join tickets on comments.ticket_id = tickets.ticket_id
    where tickets.requester_id is null or comments.author_id <> tickets.requester_id
)

select * from listed
