with

stretches as (
    select ticket_id, stretch_number, began_at, status, group_id, priority from {{ ref('int_ticket_stretches') }}
),

-- Of a ticket without history the helpdesk tells when it was opened, and at least until when it was solved.
without_history as (
    select * from {{ ref('int_tickets_identified') }}
    where ticket_id not in (select ticket_id from stretches)
),

lives as (
    select * from stretches
    union all
    select
        ticket_id,
        1 as stretch_number,
        opened_at as began_at,
        case when is_open then status else 'open' end as status,
        group_id,
        priority
    from without_history
    union all
    select
        ticket_id,
        2 as stretch_number,
        greatest(opened_at, coalesce(helpdesk_resolved_at, helpdesk_closed_at, updated_at)) as began_at,
        status,
        group_id,
        priority
    from without_history
    where not is_open
),

states as (
    select
        ticket_id,
        stretch_number,
        cast(began_at as date) as began_on,
        group_id,
        priority,
        {{ is_open_status('status') }} as is_open,
        {{ kinds_of_waiting('status')['customer_waiting'] }} as is_waiting
    from lives
    where began_at < {{ as_of_end() }}
)

select * from states
