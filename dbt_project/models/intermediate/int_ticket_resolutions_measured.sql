with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

statuses as (
    select
        ticket_id,
        cast(sum(case when is_reopening then 1 else 0 end) as integer) as reopen_count,
        max(case when is_resolution then occurred_at end) as last_resolved_at,
        max(case when status = 'closed' then occurred_at end) as last_closed_at
    from {{ ref('int_ticket_statuses_ordered') }}
    group by ticket_id
),

-- What the helpdesk states itself is believed before what its history says; a ticket in work is not resolved, whatever
-- it was before.
resolved as (
    select
        tickets.ticket_id,
        tickets.opened_at,
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

moments as (
    select ticket_id, 'opened' as moment, opened_at as moment_at from resolved where resolved_at is not null
    union all
    select ticket_id, 'resolved' as moment, resolved_at as moment_at from resolved where resolved_at is not null
),

days as (
    select * from {{ ref('int_business_days_accumulated') }} where schedule_id = 'default'
),

hours as (
    select * from {{ ref('int_business_hours_dated') }} where schedule_id = 'default'
),

worked_before as (
    select
        moments.ticket_id,
        moments.moment,
        max(days.working_seconds_before) + coalesce(sum(
            greatest(0, {{ seconds_between('hours.opens_at', 'least(moments.moment_at, hours.closes_at)') }})
        ), 0) as seconds
    from moments
    inner join days on cast(moments.moment_at as date) = days.calendar_on
    left join hours on cast(moments.moment_at as date) = hours.calendar_on
    group by moments.ticket_id, moments.moment
),

worked as (
    select
        ticket_id,
        max(case when moment = 'resolved' then seconds end)
        - max(case when moment = 'opened' then seconds end) as business_seconds
    from worked_before
    group by ticket_id
),

measured as (
    select
        resolved.ticket_id,
        resolved.resolved_at,
        resolved.closed_at,
        resolved.reopen_count,
        cast(
            {{ seconds_between('resolved.opened_at', 'resolved.resolved_at') }}
            / 60.0 as decimal(18, 2)
        ) as resolution_minutes,
        cast(worked.business_seconds / 60.0 as decimal(18, 2)) as resolution_business_minutes
    from resolved
    left join worked on resolved.ticket_id = worked.ticket_id
)

select * from measured
