-- A row here is a ticket whose waiting for us, waiting on the customer and time solved are together not the time from
-- opening to its last resolution, or to the end of the as-of day: some stretch of its life is missing or counted twice.
with

tickets as (
    select * from {{ ref('tickets') }}
    where customer_waiting_minutes is not null
),

ends as (
    select
        ticket_id,
        max(case when is_resolution then occurred_at end) as last_resolved_at,
        max(occurred_at) as last_changed_at
    from {{ ref('int_ticket_statuses_ordered') }}
    group by ticket_id
),

lives as (
    select
        tickets.ticket_id,
        customer_waiting_minutes + waiting_on_customer_minutes + solved_minutes as counted_minutes,
        {{ minutes(seconds_between('tickets.opened_at', 'greatest(tickets.opened_at, case '
            ~ 'when tickets.is_open then greatest(coalesce(stretches.began_at, tickets.opened_at), ' ~ as_of_end() ~ ') '
            ~ 'else ends.last_resolved_at end)')) }} as life_minutes
    from tickets
    left join ends on tickets.ticket_id = ends.ticket_id
    left join {{ ref('int_ticket_stretches') }} as stretches
        on tickets.ticket_id = stretches.ticket_id and stretches.ended_at is null
)

select * from lives
where abs(counted_minutes - life_minutes) > 0.02
