with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

rules as (
    select * from {{ ref('promise_tags') }}
),

in_history as (
    select
        ticket_id,
        event_id,
        updater_id,
        {{ code('value') }} as tag,
        occurred_at as promised_at
    from {{ ref('int_ticket_events_unnested') }}
    where field = 'tags' and value is not null and (problem is null or problem <> 'repeated')
),

-- A tag that no event set was there from the beginning.
on_ticket as (
    select
        tagged.ticket_id,
        cast(null as {{ dbt.type_string() }}) as event_id,
        cast(null as {{ dbt.type_string() }}) as updater_id,
        tagged.tag,
        tagged.tagged_at as promised_at
    from {{ ref('int_ticket_tags_listed') }} as tagged
    left join in_history on tagged.ticket_id = in_history.ticket_id and tagged.tag = in_history.tag
    where in_history.tag is null
),

tagged as (
    select * from in_history
    union all
    select * from on_ticket
),

promised as (
    select
        tagged.ticket_id,
        tagged.event_id,
        tagged.tag,
        tickets.customer_id,
        coalesce(staff.agent_id, tickets.agent_id) as agent_id,
        tagged.promised_at,
        tickets.has_events as has_history,
        rules.due_in_minutes,
        rules.clock = 'business' as is_business
    from tagged
    inner join rules on tagged.tag = rules.tag and {{ is_in_force('cast(tagged.promised_at as date)', 'rules') }}
    inner join tickets on tagged.ticket_id = tickets.ticket_id
    left join staff on tagged.updater_id = staff.agent_id
)

select * from promised
