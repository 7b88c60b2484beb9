{{ config(materialized='table') }}

with

tickets as (
    select * from {{ ref('tickets') }}
),

done as (
    select * from {{ ref('int_service_facts_done') }}
),

handoffs as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
    where is_handoff and ticket_id in (select ticket_id from tickets)
),

held as (
    {{ facts_held('done', 'handoffs') }}
),

listed as (
    select
        held.holder_type,
        coalesce(held.holder_id, 'unassigned') as holder_id,
        cast({{ dbt.date_trunc('month', 'held.occurred_at') }} as date) as month,
        held.measure,
        held.ticket_id,
        case when held.amount >= 0 then held.amount end as amount,
        coalesce(tickets.priority, 'none') as priority,
        coalesce(tickets.ticket_type, 'none') as ticket_type,
        coalesce(tickets.channel, 'none') as channel,
        -- a group is compared with the others, so that it is no reason for its own figures
        case held.holder_type when 'group' then 'any' else coalesce(held.group_id, tickets.group_id, 'none') end
            as group_id
    from held
    left join tickets on held.ticket_id = tickets.ticket_id
)

select * from listed
