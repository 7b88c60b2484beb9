with

tickets as (
    select * from {{ ref('tickets') }} where customer_id is not null
),

aggregated as (
    select
        customer_id,
        cast(count(*) as integer) as ticket_count,
        cast(sum(case when is_open then 1 else 0 end) as integer) as open_ticket_count,
        cast(sum(promise_count) as integer) as promise_count,
        cast(sum(broken_promise_count) as integer) as broken_promise_count,
        cast(sum(vague_answer_count) as integer) as vague_answer_count,
        cast(sum(repeat_count) as integer) as repeat_count,
        cast(sum(reopen_count) as integer) as reopen_count,
        cast(sum(handoff_count) as integer) as handoff_count,
        cast(avg(csat_score) as decimal(5, 4)) as csat_score,
        min(opened_at) as first_ticket_at,
        max(opened_at) as last_ticket_at
    from tickets
    group by customer_id
)

select * from aggregated
