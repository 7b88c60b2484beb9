{% set both = {'order': 'order_id', 'ticket': 'ticket_id', 'table': 'ticket_events'} -%}
{% set comment = dict(both, rows='comments', key='comment_id', at='occurred_at') -%}
{% set change = dict(both, key='event_id', at='occurred_at') -%}
{% set rated_en = "concat('Rated the ticket', coalesce(': ' || rating_en, ''), '.')" -%}
{% set rated_zh = "concat('评价工单', coalesce('：' || rating_zh, ''), '。')" -%}

with

known as (
    select * from {{ ref('tickets') }} where customer_id is not null
),

tickets as (
    {{ with_words('known', 'channel', 'channel') | indent(4) }}
),

comments as (
    select * from {{ ref('int_ticket_comments_sided') }}
),

statuses as (
    select
        statuses.*,
        tickets.customer_id,
        tickets.order_id,
        tickets.opened_at
    from {{ ref('int_ticket_statuses_ordered') }} as statuses
    inner join tickets on statuses.ticket_id = tickets.ticket_id
),

-- where the helpdesk gives no history, it may still say when a ticket was solved
solved as (
    select * from tickets where ticket_id not in (select ticket_id from statuses where is_resolution)
),

handoffs as (
    select
        assignments.*,
        tickets.customer_id,
        tickets.order_id,
        row_number() over (
            partition by assignments.ticket_id, holder_type order by occurred_at, length(event_id), event_id
        ) as handoff_number
    from {{ ref('int_ticket_assignments_ordered') }} as assignments
    inner join tickets on assignments.ticket_id = tickets.ticket_id
    where assignments.is_handoff
),

given as (
    select * from {{ ref('satisfaction') }}
    where source_table = 'satisfaction_ratings' and customer_id is not null
),

ratings as (
    {{ with_words('given', 'rating', 'answer_code') | indent(4) }}
),

described as (
    {{ timeline_events('helpdesk', [
        dict(both, rows='tickets', table='tickets', key='ticket_id', type='ticket_opened', at='opened_at',
            en=asking_in_words('en'), zh=asking_in_words('zh')),
        dict(comment, type='customer_wrote', en=writing_in_words('en'), zh=writing_in_words('zh'), if="side = 'customer'"),
        dict(comment, type='agent_replied', en=reply_in_words('en'), zh=reply_in_words('zh'), if="side = 'staff'"),
        dict(comment, type='automatic_message', en="'Was sent an automatic message.'", zh="'收到自动消息。'",
            if="side = 'system'"),
        dict(change, rows='handoffs', type='ticket_passed_on', en=handover_in_words('en'), zh=handover_in_words('zh'),
            if="holder_type = 'agent'"),
        dict(change, rows='handoffs', type='ticket_moved', en="'Was passed to another team.'", zh="'被转给另一团队。'",
            if="holder_type = 'group'"),
        dict(change, rows='statuses', type='ticket_reopened', if='is_reopening', en="'Ticket was reopened.'", zh="'工单重新打开。'"),
        dict(change, rows='statuses', type='ticket_solved', en=solving_in_words('en'), zh=solving_in_words('zh'),
            if='is_resolution'),
        dict(both, rows='solved', table='tickets', key='ticket_id', type='ticket_solved', at='resolved_at',
            en="'Ticket was solved.'", zh="'工单已解决。'"),
        dict(both, rows='ratings', table='satisfaction_ratings', key='source_record_id', type='rating_given', at='occurred_at',
            en=rated_en, zh=rated_zh),
    ]) | indent(4) }}
)

select * from described
