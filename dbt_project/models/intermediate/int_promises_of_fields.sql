with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

promise_fields as (
    select field_id from {{ ref('ticket_fields') }} where meaning = 'promised_follow_up_at'
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

settings as (
    select
        events.ticket_id,
        events.event_id,
        events.updater_id,
        events.occurred_at as promised_at,
        {{ try_timestamp('events.value') }} as due_at
    from {{ ref('int_ticket_events_unnested') }} as events
    inner join promise_fields on events.field = promise_fields.field_id
    where
        {{ try_timestamp('events.value') }} is not null
        and (events.previous_value is null or events.previous_value <> events.value)
        and (events.problem is null or events.problem <> 'repeated')
),

in_history as (
    select
        settings.ticket_id,
        settings.event_id,
        tickets.customer_id,
        coalesce(staff.agent_id, tickets.agent_id) as agent_id,
        settings.promised_at,
        settings.due_at,
        true as has_history
    from settings
    inner join tickets on settings.ticket_id = tickets.ticket_id
    left join staff on settings.updater_id = staff.agent_id
),

-- The history may not have the moment (it was cut, or there is none): the last value stands, made no later than the
-- last update.
on_ticket as (
    select
        ticket_id,
        cast(null as {{ dbt.type_string() }}) as event_id,
        customer_id,
        agent_id,
        updated_at as promised_at,
        promised_follow_up_at as due_at,
        has_events as has_history
    from tickets
    where
        promised_follow_up_at is not null
        and ticket_id not in (select ticket_id from settings)
),

made as (
    select * from in_history
    union all
    select * from on_ticket
)

select * from made
