{% set on_ticket = {'ticket': 'ticket_id', 'order': 'order_id'} -%}

with

made as (
    select * from {{ ref('complaints') }} where customer_id is not null
),

caused as (
    {{ with_words('made', 'cause', 'cause') | indent(4) }}
),

complaints as (
    {{ with_words('caused', 'outcome', 'outcome') | indent(4) }}
),

tickets as (
    select ticket_id, order_id from {{ ref('tickets') }}
),

followup_promises as (
    select
        promises.*,
        tickets.order_id
    from {{ ref('followup_promises') }} as promises
    left join tickets on promises.ticket_id = tickets.ticket_id
    where promises.customer_id is not null
),

vague_answers as (
    select answers.*, tickets.order_id
    from {{ ref('vague_answers') }} as answers
    left join tickets on answers.ticket_id = tickets.ticket_id
    where answers.customer_id is not null
),

ticket_events as (
    select
        events.*,
        concat(events.event_id, '-', events.part_number) as part_id,
        tickets.order_id
    from {{ ref('ticket_events') }} as events
    left join tickets on events.ticket_id = tickets.ticket_id
    where events.is_repeat and events.customer_id is not null
),

member_tier_history as (
    select * from {{ ref('int_level_changes_listed') }}
),

value_tiers as (
    select * from {{ ref('int_value_tier_changes_listed') }}
),

described as (
    {{ timeline_events('warehouse', [
        dict(on_ticket, rows='complaints', key='complaint_id', type='complaint_made', at='occurred_at',
            en=complaint_in_words('en'), zh=complaint_in_words('zh')),
        dict(on_ticket, rows='complaints', key='complaint_id', type='complaint_settled', at='resolved_at',
            en=settlement_in_words('en'), zh=settlement_in_words('zh')),
        dict(on_ticket, rows='ticket_events', key='part_id', type='customer_repeated', at='occurred_at',
            en="'Had to tell it again: whoever has the ticket now had not done anything.'",
            zh="'不得不重述：接手的客服尚未处理。'"),
        dict(on_ticket, rows='followup_promises', key='promise_id', type='promise_made', at='promised_at',
            en=promise_in_words('en'), zh=promise_in_words('zh')),
        dict(on_ticket, rows='followup_promises', key='promise_id', type='promise_kept', at='answered_at',
            if="outcome = 'kept'", en="'The promise was kept.'", zh="'承诺已兑现。'"),
        dict(on_ticket, rows='followup_promises', key='promise_id', type='promise_missed', at='due_at',
            if="outcome = 'missed'", en="'The promise was broken: nobody had written by then.'",
            zh="'承诺未兑现：到期仍无人答复。'"),
        dict(on_ticket, rows='vague_answers', key='answer_id', type='vague_answer', at='occurred_at',
            en="'Was put off without being told until when.'", zh="'被推迟答复，未告知期限。'"),
        dict(rows='member_tier_history', key='change_id', type='level_changed', at='changed_at',
            en=level_change_in_words('en'), zh=level_change_in_words('zh')),
        dict(rows='value_tiers', key='change_id', type='value_tier_changed', at='changed_at',
            en=value_tier_change_in_words('en'), zh=value_tier_change_in_words('zh')),
    ]) | indent(4) }}
)

select * from described
