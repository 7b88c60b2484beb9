{%- set counts = {
    'reply_count': 'replies',
    'next_reply_count': 'replies',
    'handoff_count': 'assignments',
    'group_change_count': 'assignments',
    'group_move_count': 'assignments',
    'agent_station_count': 'assignments',
    'group_station_count': 'assignments',
    'repeat_count': 'assignments',
} %}

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

assignments as (
    select * from {{ ref('int_ticket_assignments_aggregated_to_tickets') }}
),

waiting as (
    select * from {{ ref('int_ticket_waiting_measured') }}
),

promises as (
    select * from {{ ref('int_promises_aggregated_to_tickets') }}
),

ratings as (
    select * from {{ ref('int_ticket_ratings_latest') }}
),

service_levels as (
    select * from {{ ref('int_sla_aggregated_to_tickets') }}
),

-- Where the helpdesk gave no history of a ticket, a count is not 0 but unknown.
joined as (
    select
        tickets.ticket_id,
        tickets.customer_id,
        tickets.order_id,
        tickets.agent_id,
        tickets.group_id,

        tickets.status,
        tickets.is_open,
        tickets.priority,
        tickets.ticket_type,
        tickets.channel,
        tickets.is_order_number_unknown,

        tickets.opened_at,
        replies.first_reply_at,
        resolutions.resolved_at,
        resolutions.closed_at,

        {{ minutes(seconds_between('tickets.opened_at', 'replies.first_reply_at')) }} as first_reply_minutes,
        replies.average_next_reply_minutes,
        replies.longest_next_reply_minutes,
        resolutions.first_resolution_minutes,
        resolutions.first_resolution_business_minutes,
        resolutions.resolution_minutes,
        resolutions.resolution_business_minutes,
        {%- for kind in kinds_of_waiting('status') %}
            waiting.{{ kind }}_minutes,
            waiting.{{ kind }}_business_minutes,
        {%- endfor %}
        waiting.is_schedule_missing,

        {%- for name, rows in counts.items() %}
            case when tickets.has_events then coalesce({{ rows }}.{{ name }}, 0) end as {{ name }},
        {%- endfor %}
        resolutions.reopen_count,
        case
            when tickets.has_events and not tickets.is_open
                then coalesce(replies.reply_count, 0) <= 1 and resolutions.reopen_count = 0
        end as is_one_touch,

        coalesce(promises.promise_count, 0) as promise_count,
        coalesce(promises.broken_promise_count, 0) as broken_promise_count,
        coalesce(promises.vague_answer_count, 0) as vague_answer_count,
        ratings.csat_score,

        service_levels.is_within_sla,
        service_levels.sla_breach_count,

        tickets.is_sla_met,
        tickets.helpdesk_resolved_at,
        tickets.helpdesk_closed_at,
        tickets.helpdesk_reassignment_count,
        tickets.helpdesk_reopen_count,
        tickets.has_events,
        tickets.updated_at
    from tickets
    left join replies on tickets.ticket_id = replies.ticket_id
    left join resolutions on tickets.ticket_id = resolutions.ticket_id
    left join assignments on tickets.ticket_id = assignments.ticket_id
    left join waiting on tickets.ticket_id = waiting.ticket_id
    left join promises on tickets.ticket_id = promises.ticket_id
    left join ratings on tickets.ticket_id = ratings.ticket_id
    left join service_levels on tickets.ticket_id = service_levels.ticket_id
)

select * from joined
