with

promises as (
    select * from {{ ref('int_promises_made') }}
),

-- Any of us may keep it: the customer was told they would hear, not from whom.
comments as (
    select * from {{ ref('int_comments_of_staff_listed') }}
),

answered as (
    select
        promises.promise_id,
        min(comments.occurred_at) as answered_at
    from promises
    inner join comments
        on promises.ticket_id = comments.ticket_id and promises.promised_at < comments.occurred_at
    group by promises.promise_id
),

judged as (
    select
        promises.*,
        answered.answered_at,
        coalesce(
            promises.problem, case when promises.due_at <= promises.promised_at then 'due before it was promised' end
        ) as found_problem,
        case
            when answered.answered_at <= promises.due_at then 'kept'
            when promises.due_at >= {{ as_of_end() }} then 'open'
            when promises.has_history then 'missed'
        end as found_outcome
    from promises
    left join answered on promises.promise_id = answered.promise_id
),

followed_up as (
    select
        promise_id,
        ticket_id,
        customer_id,
        agent_id,
        source,
        promised_at,
        due_at,
        answered_at,
        case when found_problem is null then found_outcome end as outcome,
        cast(
            case
                when found_problem is null and answered_at > due_at
                    then {{ seconds_between('due_at', 'answered_at') }} / 60.0
            end as decimal(18, 2)
        ) as minutes_late,
        quoted_text,
        span_start,
        span_end,
        cast(confidence as decimal(3, 2)) as confidence,
        coalesce(found_problem, case when found_outcome is null then 'no history of the ticket' end) as problem
    from judged
)

select * from followed_up
