with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

statuses as (
    select
        ticket_id,
        cast(sum(case when is_reopening then 1 else 0 end) as integer) as reopen_count,
        min(case when is_resolution then occurred_at end) as first_resolved_at,
        max(case when is_resolution then occurred_at end) as last_resolved_at,
        max(case when status = 'closed' then occurred_at end) as last_closed_at
    from {{ ref('int_ticket_statuses_ordered') }}
    group by ticket_id
),

waiting as (
    select * from {{ ref('int_ticket_waiting_accumulated') }}
),

business_time as (
    select * from {{ ref('int_business_time_accumulated') }}
),

-- What the helpdesk states itself is believed before what its history says; a ticket in work is not resolved, whatever
-- it was before.
resolved as (
    select
        tickets.ticket_id,
        tickets.opened_at,
        statuses.first_resolved_at,
        statuses.last_resolved_at,
        case
            when not tickets.is_open then coalesce(tickets.helpdesk_resolved_at, statuses.last_resolved_at)
        end as resolved_at,
        case
            when tickets.status = 'closed' then coalesce(tickets.helpdesk_closed_at, statuses.last_closed_at)
        end as closed_at,
        case when tickets.has_events then coalesce(statuses.reopen_count, 0) end as reopen_count
    from tickets
    left join statuses on tickets.ticket_id = statuses.ticket_id
),

-- A time that only the helpdesk states is no end of a stretch: the timetable `default` measures it.
stated as (
    select
        resolved.ticket_id,
        {{ working_seconds_between('morning', 'resolved.opened_at', 'evening', 'resolved.resolved_at') }} as seconds
    from resolved
    left join business_time as morning on {{ is_at('morning', "'default'", 'resolved.opened_at') }}
    left join business_time as evening on {{ is_at('evening', "'default'", 'resolved.resolved_at') }}
    where resolved.resolved_at is not null and resolved.resolved_at is distinct from resolved.last_resolved_at
),

measured as (
    select
        resolved.ticket_id,
        resolved.resolved_at,
        resolved.closed_at,
        resolved.reopen_count,
        {{ minutes(seconds_between('resolved.opened_at', 'resolved.first_resolved_at')) }} as first_resolution_minutes,
        case
            when resolved.first_resolved_at is not null and not waiting.is_schedule_missing
                then {{ minutes('waiting.first_resolution_working_seconds') }}
        end as first_resolution_business_minutes,
        {{ minutes(seconds_between('resolved.opened_at', 'resolved.resolved_at')) }} as resolution_minutes,
        case
            when stated.ticket_id is not null then {{ minutes('stated.seconds') }}
            when resolved.resolved_at is not null and not waiting.is_schedule_missing
                then {{ minutes(
                    'waiting.customer_waiting_working_seconds + waiting.waiting_on_customer_working_seconds '
                    ~ '+ waiting.solved_working_seconds'
                ) }}
        end as resolution_business_minutes
    from resolved
    left join waiting on resolved.ticket_id = waiting.ticket_id
    left join stated on resolved.ticket_id = stated.ticket_id
)

select * from measured
