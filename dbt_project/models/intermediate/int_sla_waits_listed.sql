{{ config(materialized='table') }}

-- What is measured, from when to when; by which clock and against which target is for the models behind this one.
with

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

replies as (
    select * from {{ ref('int_ticket_replies_aggregated_to_tickets') }}
),

resolutions as (
    select * from {{ ref('int_ticket_resolutions_measured') }}
),

histories as (
    select ticket_id from {{ ref('int_ticket_stretches') }} where stretch_number = 1
),

policies as (
    select * from {{ ref('sla_policies') }}
),

known as (
    select
        tickets.ticket_id,
        tickets.opened_at,
        replies.first_reply_at,
        resolutions.resolved_at,
        histories.ticket_id is not null as has_history
    from tickets
    left join replies on tickets.ticket_id = replies.ticket_id
    left join resolutions on tickets.ticket_id = resolutions.ticket_id
    left join histories on tickets.ticket_id = histories.ticket_id
),

waits as (
    select ticket_id, 'first_reply' as metric, 1 as wait_number, opened_at as began_at, first_reply_at as replied_at
    from known
    union all
    select ticket_id, 'customer_waiting' as metric, 1 as wait_number, opened_at as began_at, null as replied_at
    from known
    union all
    select ticket_id, 'resolution' as metric, 1 as wait_number, opened_at as began_at, null as replied_at
    from known
    union all
    select ticket_id, 'next_reply' as metric, wait_number, began_at, ended_at as replied_at
    from {{ ref('int_ticket_reply_waits_found') }}
),

-- Nobody waits for a reply on what is solved: the last resolution ends every wait.
ended as (
    select
        waits.ticket_id,
        waits.metric,
        waits.wait_number,
        cast(known.opened_at as date) as opened_on,
        waits.began_at,
        case
            when waits.replied_at is not null then waits.replied_at
            when known.resolved_at is not null then greatest(known.resolved_at, waits.began_at)
        end as ended_at,
        case
            when waits.replied_at is not null then 'reply'
            when known.resolved_at is not null then 'solved'
        end as ended_by,
        known.has_history
    from waits
    inner join known on waits.ticket_id = known.ticket_id
    where waits.began_at < {{ as_of_end() }} and waits.metric in (select metric from policies)
)

select * from ended
