{{ config(materialized='table') }}

with

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

-- People type "#so0042" for SO0042.
fields as (
    select *, {{ replace_matches('order_number', '^[# ]+', '') }} as typed_order_id
    from {{ ref('int_ticket_fields_pivoted') }}
),

orders as (
    select order_id from {{ ref('stg_shop__orders') }}
),

requesters as (
    select source_record_id as requester_id, customer_id
    from {{ ref('int_source_records_identified') }}
    where source_system = 'helpdesk' and source_table = 'users'
),

with_events as (
    select ticket_id from {{ ref('stg_helpdesk__ticket_events') }} group by ticket_id
),

identified as (
    select
        tickets.ticket_id,
        tickets.requester_id,
        requesters.customer_id,
        tickets.assignee_id as agent_id,
        tickets.group_id,
        tickets.status,
        tickets.priority,

        tickets.ticket_type,
        tickets.channel,
        tickets.opened_at,
        tickets.updated_at,
        fields.promised_follow_up_at,
        fields.resolved_at as helpdesk_resolved_at,

        fields.closed_at as helpdesk_closed_at,
        fields.reassignment_count as helpdesk_reassignment_count,
        fields.reopen_count as helpdesk_reopen_count,
        fields.is_sla_met,
        coalesce(orders.order_id, orders_in_capitals.order_id) as order_id,
        fields.order_number is not null
        and coalesce(orders.order_id, orders_in_capitals.order_id) is null as is_order_number_unknown,
        tickets.status not in ('solved', 'closed', 'deleted') as is_open,
        with_events.ticket_id is not null as has_events
    from tickets
    left join fields on tickets.ticket_id = fields.ticket_id
    left join orders on fields.typed_order_id = orders.order_id
    left join orders as orders_in_capitals on upper(fields.typed_order_id) = orders_in_capitals.order_id
    left join requesters on tickets.requester_id = requesters.requester_id
    left join with_events on tickets.ticket_id = with_events.ticket_id
)

select * from identified
