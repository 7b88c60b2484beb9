with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

submitters as (
    select ticket_id, submitter_id from {{ ref('stg_helpdesk__tickets') }}
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
        tickets.customer_id,
        tickets.order_id,
        comments.author_id as agent_id,
        comments.occurred_at,
        lower(comments.body) as body,
        coalesce(submitters.submitter_id <> tickets.requester_id, false) as is_outbound
    from comments
    inner join staff on comments.author_id = staff.agent_id
    inner join tickets on comments.ticket_id = tickets.ticket_id
    inner join submitters on comments.ticket_id = submitters.ticket_id
    where comments.author_id is distinct from tickets.requester_id
)

select * from replies
