with

complaints as (
    select * from {{ ref('int_complaints_gathered') }}
),

signals as (
    select distinct complaint_id, ticket_id, return_id from {{ ref('int_complaint_signals_grouped') }}
),

replies as (
    select
        feedback_id,
        min(replied_at) as answered_at,
        max(case when is_apology then 1 else 0 end) = 1 as was_apologised
    from {{ ref('int_feedback_replies_found') }}
    where kind = 'complaint'
    group by feedback_id
),

-- Of a ticket that was solved before, and is complained about afterwards, nothing is left to solve; there is
-- somebody to answer.
tickets as (
    select
        complaints.complaint_id,
        max(case when tickets.is_open then 1 else 0 end) as is_open,
        max(tickets.resolved_at) as settled_at
    from complaints
    inner join signals on complaints.complaint_id = signals.complaint_id
    inner join {{ ref('tickets') }} as tickets on signals.ticket_id = tickets.ticket_id
    where tickets.is_open or tickets.resolved_at is null or tickets.resolved_at > complaints.occurred_at
    group by complaints.complaint_id
),

returns as (
    select
        signals.complaint_id,
        max(case when returns.refunded_at is null and returns.source_status <> 'rejected' then 1 else 0 end) as is_open,
        max(returns.refunded_at) as settled_at
    from signals
    inner join {{ ref('stg_shop__returns') }} as returns on signals.return_id = returns.return_id
    group by signals.complaint_id
),

refunds as (
    select distinct complaints.complaint_id
    from complaints
    inner join {{ ref('stg_shop__returns') }} as returns
        on complaints.order_id = returns.order_id and complaints.occurred_at <= returns.refunded_at
),

ended as (
    select
        complaints.complaint_id,
        complaints.customer_id,
        complaints.order_id,
        complaints.ticket_id,
        complaints.return_id,
        complaints.occurred_at,
        complaints.complained_on,
        complaints.last_signal_at,
        complaints.signal_count,
        complaints.signals,
        complaints.cause,
        replies.answered_at,
        coalesce(replies.was_apologised, false) as was_apologised,
        refunds.complaint_id is not null as was_refunded,
        tickets.settled_at as ticket_settled_at,
        returns.settled_at as refunded_at,
        case
            when tickets.is_open = 1 or returns.is_open = 1 then 'open'
            when returns.settled_at is not null then 'refunded'
            when returns.complaint_id is not null then 'refused'
            when tickets.complaint_id is not null then 'solved'
            when replies.feedback_id is not null then 'answered'
            else 'unanswered'
        end as outcome
    from complaints
    left join replies on complaints.complaint_id = replies.feedback_id
    left join tickets on complaints.complaint_id = tickets.complaint_id
    left join returns on complaints.complaint_id = returns.complaint_id
    left join refunds on complaints.complaint_id = refunds.complaint_id
)

select * from ended
