with

tickets as (
    select * from {{ ref('tickets') }}
    where customer_id is not null
),

requesters as (
    select ticket_id, requester_id from {{ ref('stg_helpdesk__tickets') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

comments as (
    select * from {{ ref('int_ticket_events_unnested') }}
    where kind = 'comment' and is_public and (problem is null or problem <> 'repeated')
),

sided as (
    select
        concat(comments.event_id, '-', comments.part_number) as comment_id,
        comments.ticket_id,
        tickets.customer_id,
        tickets.order_id,
        tickets.opened_at,
        comments.occurred_at,
        case
            when comments.author_id is null or comments.author_id = '-1' then 'system'
            when staff.agent_id is null or comments.author_id = coalesce(requesters.requester_id, '') then 'customer'
            else 'staff'
        end as side,
        coalesce(comments.author_id = requesters.requester_id, false) as is_by_requester,
        comments.occurred_at = tickets.first_reply_at as is_first_reply,
        row_number() over (
            partition by comments.ticket_id, comments.occurred_at < tickets.opened_at
            order by comments.event_number, comments.part_number
        ) = 1 and comments.occurred_at >= tickets.opened_at as is_first
    from comments
    inner join tickets on comments.ticket_id = tickets.ticket_id
    inner join requesters on comments.ticket_id = requesters.ticket_id
    left join staff on comments.author_id = staff.agent_id
)

select * from sided
