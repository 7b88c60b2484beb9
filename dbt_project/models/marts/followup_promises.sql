with

promises as (
    select * from {{ ref('int_promises_made') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

-- Any of us may keep it: the customer was told they would hear, not from whom.
written as (
    select events.ticket_id, events.occurred_at
    from {{ ref('int_ticket_events_unnested') }} as events
    inner join staff on events.author_id = staff.agent_id
    where events.kind = 'comment' and events.is_public
),

answered as (
    select
        promises.ticket_id,
        promises.promised_at,
        promises.due_at,
        min(written.occurred_at) as answered_at
    from promises
    inner join written on promises.ticket_id = written.ticket_id and promises.promised_at < written.occurred_at
    group by promises.ticket_id, promises.promised_at, promises.due_at
),

followed_up as (
    select
        cast(concat(
            promises.ticket_id, '-', coalesce(promises.event_id, 'field')
        ) as {{ dbt.type_string() }}) as promise_id,
        promises.ticket_id,
        promises.customer_id,
        promises.agent_id,
        promises.promised_at,
        promises.due_at,
        answered.answered_at,
        case
            when promises.due_at <= promises.promised_at then null
            when answered.answered_at <= promises.due_at then 'kept'
            when promises.due_at >= {{ as_of_end() }} then 'open'
            when promises.has_history then 'missed'
        end as outcome
    from promises
    left join answered
        on
        promises.ticket_id = answered.ticket_id
        and promises.promised_at = answered.promised_at
        and promises.due_at = answered.due_at
)

select * from followed_up
