{{ config(materialized='table') }}

with

tickets as (
    select * from {{ ref('tickets') }}
),

replies as (
    select * from {{ ref('int_service_replies_listed') }}
),

-- An amount is a number of minutes, or 1 for yes and 0 for no; null where there is nothing to measure.
done as (
    select 'ticket' as measure, ticket_id, agent_id, group_id, opened_at as occurred_at, null as amount from tickets
    union all
    select 'resolution', ticket_id, agent_id, group_id, resolved_at, resolution_minutes from tickets
    where resolved_at is not null
    union all
    select 'business_resolution', ticket_id, agent_id, group_id, resolved_at, resolution_business_minutes from tickets
    where resolved_at is not null
    union all
    select 'first_reply', ticket_id, agent_id, group_id, occurred_at, minutes_since_opening from replies where is_first
    union all
    select 'reply', ticket_id, agent_id, group_id, occurred_at, null from replies
    union all
    select 'reopening', ticket_id, agent_id, group_id, occurred_at, case when is_reopened then 1 else 0 end
    from {{ ref('int_service_solutions_listed') }}
    union all
    select 'rating', ratings.ticket_id, ratings.agent_id, tickets.group_id, ratings.rated_at, ratings.csat_score
    from {{ ref('int_ticket_ratings_latest') }} as ratings
    left join tickets on ratings.ticket_id = tickets.ticket_id
    union all
    select
        'promise', promises.ticket_id, promises.agent_id, tickets.group_id, promises.due_at,
        case promises.outcome when 'kept' then 1 else 0 end
    from {{ ref('followup_promises') }} as promises
    left join tickets on promises.ticket_id = tickets.ticket_id
    where promises.outcome in ('kept', 'missed')
),

handoffs as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
    where is_handoff and ticket_id in (select ticket_id from tickets)
),

held as (
    select 'agent' as holder_type, agent_id as holder_id, * from done
    union all
    select 'group' as holder_type, group_id as holder_id, * from done
    union all
    select
        holder_type, previous_holder_id, 'handoff_out', ticket_id,
        null, null, occurred_at, null
    from handoffs
    union all
    select holder_type, holder_id, 'handoff_in', ticket_id, null, null, occurred_at, null from handoffs
),

listed as (
    select
        held.holder_type,
        coalesce(held.holder_id, 'unassigned') as holder_id,
        cast({{ dbt.date_trunc('month', 'held.occurred_at') }} as date) as month,
        held.measure,
        held.ticket_id,
        cast(case when held.amount >= 0 then held.amount end as decimal(18, 2)) as amount,
        coalesce(tickets.priority, 'none') as priority,
        coalesce(tickets.ticket_type, 'none') as ticket_type,
        coalesce(tickets.channel, 'none') as channel,
        -- a group is compared with the others, so that it is no reason for its own figures
        case held.holder_type when 'agent' then coalesce(tickets.group_id, 'none') else 'any' end as group_id
    from held
    left join tickets on held.ticket_id = tickets.ticket_id
)

select * from listed
