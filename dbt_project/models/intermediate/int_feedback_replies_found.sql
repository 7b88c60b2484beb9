{{ config(materialized='table') }}

with

feedback as (
    select * from {{ ref('int_feedback_listed') }}
),

replies as (
    select
        *,
        coalesce(customer_id, 'ticket ' || ticket_id) as addressee
    from {{ ref('int_replies_to_customers_listed') }}
),

words as (
    select * from {{ ref('courtesy_words') }} where kind in ('apology', 'thanks', 'not_thanks')
),

-- What was written about something else does not answer; of feedback about nothing in particular nobody can tell.
found as (
    select
        feedback.feedback_id,
        feedback.kind,
        replies.event_id,
        replies.part_number,
        replies.agent_id,
        replies.occurred_at as replied_at,
        replies.body,
        case
            when replies.ticket_id = feedback.ticket_id then 'same ticket'
            when replies.order_id = feedback.order_id then 'same order'
            when replies.is_outbound then 'written to'
            else 'any ticket'
        end as answered_on
    from feedback
    inner join replies
        on feedback.addressee = replies.addressee
        and feedback.occurred_at < replies.occurred_at
        and feedback.until_at >= replies.occurred_at
    where
        replies.is_outbound
        or replies.ticket_id = feedback.ticket_id
        or replies.order_id = feedback.order_id
        or (feedback.ticket_id is null and feedback.order_id is null)
),

written as (
    select distinct event_id, part_number, replied_at, body from found
),

worded as (
    select
        written.event_id,
        written.part_number,
        max(case words.kind when 'apology' then 1 else 0 end) = 1 as is_apology,
        max(case words.kind when 'thanks' then 1 else 0 end) = 1
        and max(case words.kind when 'not_thanks' then 1 else 0 end) = 0 as is_thanks
    from written
    inner join words
        on instr(written.body, words.words) > 0 and {{ is_in_force('cast(written.replied_at as date)', 'words') }}
    group by written.event_id, written.part_number
),

replied as (
    select
        found.feedback_id,
        found.kind,
        found.event_id,
        found.part_number,
        found.agent_id,
        found.replied_at,
        found.answered_on,
        coalesce(worded.is_apology, false) as is_apology,
        coalesce(worded.is_thanks, false) as is_thanks
    from found
    left join worded on found.event_id = worded.event_id and found.part_number = worded.part_number
)

select * from replied
