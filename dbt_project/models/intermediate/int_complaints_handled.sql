with

complaints as (
    select
        *,
        case outcome
            when 'refunded' then greatest(refunded_at, coalesce(ticket_settled_at, refunded_at))
            when 'answered' then answered_at
            when 'open' then null
            when 'unanswered' then null
            else ticket_settled_at
        end as resolved_at
    from {{ ref('int_complaints_settled') }}
),

rules as (
    select * from {{ ref('feedback_rules') }} where rule = 'handled_well'
),

limited as (
    select
        complaints.*,
        cast({{ dbt.dateadd('day', 'rules.days', 'complaints.occurred_at') }} as timestamp) as handled_by
    from complaints
    left join rules on {{ is_in_force('complaints.complained_on', 'rules') }}
),

-- what is neither settled nor too late is not judged yet
handled as (
    select
        complaint_id,
        customer_id,
        order_id,
        ticket_id,
        return_id,
        occurred_at,
        signal_count,
        signals,
        cause,
        answered_at,
        resolved_at,
        outcome,
        was_apologised,
        was_refunded,
        case
            when outcome <> 'refused' and resolved_at <= handled_by and last_signal_at <= resolved_at then 'well'
            when outcome in ('open', 'unanswered') and handled_by >= {{ as_of_end() }} then null
            when handled_by is not null then 'badly'
        end as handling
    from limited
)

select * from handled
