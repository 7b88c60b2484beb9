with

promises as (
    select * from {{ ref('followup_promises') }}
),

aggregated as (
    select
        ticket_id,
        cast(count(*) as integer) as promise_count,
        cast(sum(case when outcome = 'missed' then 1 else 0 end) as integer) as broken_promise_count
    from promises
    group by ticket_id
)

select * from aggregated
