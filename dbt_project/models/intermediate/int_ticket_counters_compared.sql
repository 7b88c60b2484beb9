-- Where the history has the helpdesk's own counters too, event by event: which of its steps it did not count, and which
-- it counted without a step.
with

events as (
    select * from {{ ref('int_ticket_events_unnested') }} where field is not null
),

counters as (
    select * from {{ ref('ticket_fields') }} where meaning in ('reassignment_count', 'reopen_count')
),

raised as (
    select
        events.ticket_id,
        events.event_id,
        counters.meaning as measure,
        max(case when try_cast(events.value as integer) > try_cast(events.previous_value as integer) then 1 else 0 end)
            as is_raised
    from events
    inner join counters on events.field = counters.field_id
    group by events.ticket_id, events.event_id, counters.meaning
),

counted as (
    select ticket_id, measure from raised group by ticket_id, measure
),

-- The first group a ticket gets with its first event is no move.
steps as (
    select ticket_id, event_id, 'reopen_count' as measure
    from {{ ref('int_ticket_statuses_ordered') }}
    where is_reopening
    union all
    select distinct ticket_id, event_id, 'reassignment_count' as measure
    from events
    where
        field = 'group_id'
        and value is distinct from previous_value
        and (event_number > 1 or previous_value is not null)
),

event_list as (
    select ticket_id, event_id from events group by ticket_id, event_id
),

compared as (
    select
        counted.ticket_id,
        counted.measure,
        cast(count(case when raised.is_raised = 1 and steps.event_id is null then 1 end) as integer)
            as raised_without_step,
        cast(
            count(case when coalesce(raised.is_raised, 0) = 0 and steps.event_id is not null then 1 end) as integer
        ) as step_not_counted
    from counted
    inner join event_list on counted.ticket_id = event_list.ticket_id
    left join raised on event_list.event_id = raised.event_id and counted.measure = raised.measure
    left join steps on event_list.event_id = steps.event_id and counted.measure = steps.measure
    group by counted.ticket_id, counted.measure
)

select * from compared
