with

promises as (
    select * from {{ ref('followup_promises') }}
),

vague_answers as (
    select * from {{ ref('vague_answers') }}
),

said as (
    select
        ticket_id,
        1 as promise_count,
        case when outcome = 'missed' then 1 else 0 end as broken_promise_count,
        0 as vague_answer_count
    from promises
    union all
    select
        ticket_id,
        0 as promise_count,
        0 as broken_promise_count,
        1 as vague_answer_count
    from vague_answers
),

aggregated as (
    select
        ticket_id,
        cast(sum(promise_count) as integer) as promise_count,
        cast(sum(broken_promise_count) as integer) as broken_promise_count,
        cast(sum(vague_answer_count) as integer) as vague_answer_count
    from said
    group by ticket_id
)

select * from aggregated
