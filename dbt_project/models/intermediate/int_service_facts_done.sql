{#- What counts: measure, whence, the moment whose month it counts in, the amount (minutes, or 1 for yes and 0 for no),
    the moment whose group answers for it (where there is none, the group that has or had the ticket last), and which.
    A promise counts when it is decided: when it is kept, or falls due. -#}
{%- set facts = [
    ('ticket', 'tickets', 'opened_at', 'null', 'null', 'true'),
    ('resolution', 'tickets', 'resolved_at', 'resolution_minutes', 'null', 'resolved_at is not null'),
    ('business_resolution', 'tickets', 'resolved_at', 'resolution_business_minutes', 'null', 'resolved_at is not null'),
    ('reopening', 'solutions', 'occurred_at', 'case when is_reopened then 1 else 0 end', 'occurred_at', 'true'),
    ('first_reply', 'replies', 'occurred_at', 'minutes_since_opening', 'occurred_at', 'is_first'),
    ('reply', 'replies', 'occurred_at', 'case when is_vague then 1 else 0 end', 'occurred_at', 'true'),
    ('rating', 'ratings', 'rated_at', 'csat_score', 'null', 'true'),
    ('promise', 'promises', 'least(due_at, coalesce(answered_at, due_at))', "case outcome when 'kept' then 1 else 0 end", 'promised_at', "outcome in ('kept', 'missed')"),
    ('handed_on', 'handoffs', 'occurred_at', 'case when is_repeated then 1 else 0 end', 'held_at', 'true'),
    ('repeat', 'repeats', 'occurred_at', 'null', 'null', 'true'),
] -%}

with

tickets as (select * from {{ ref('tickets') }}),

solutions as (select * from {{ ref('int_service_solutions_listed') }}),

replies as (select * from {{ ref('int_service_replies_listed') }}),

ratings as (select * from {{ ref('int_ticket_ratings_latest') }}),

promises as (select * from {{ ref('followup_promises') }}),

handoffs as (select * from {{ ref('int_service_handoffs_judged') }}),

repeats as (select * from {{ ref('int_ticket_repeats_found') }}),

stretches as (select * from {{ ref('int_ticket_stretches') }}),

done as (
    {{ facts_done(facts) }}
),

located as (
    select
        done.*,
        coalesce(stretches.group_id, tickets.group_id) as group_id
    from done
    left join tickets on done.ticket_id = tickets.ticket_id
    left join stretches
        on
        done.ticket_id = stretches.ticket_id
        and done.group_at >= stretches.began_at
        and (stretches.ended_at is null or done.group_at < stretches.ended_at)
)

select * from located
