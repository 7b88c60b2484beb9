with

staff as (
    select agent_id from {{ ref('int_service_staff_listed') }}
),

tickets as (
    select * from {{ ref('tickets') }}
),

facts as (
    select agent_id, cast({{ dbt.date_trunc('month', 'opened_at') }} as date) as month, 'ticket' as fact, cast(null as decimal(18, 2)) as amount
    from tickets
    union all
    select agent_id, cast({{ dbt.date_trunc('month', 'resolved_at') }} as date) as month, 'resolution' as fact, resolution_minutes as amount
    from tickets
    where resolved_at is not null
    union all
    select agent_id, cast({{ dbt.date_trunc('month', 'rated_at') }} as date) as month, 'rating' as fact, csat_score as amount
    from {{ ref('int_ticket_ratings_latest') }}
    union all
    select agent_id, cast({{ dbt.date_trunc('month', 'due_at') }} as date) as month, 'promise' as fact, case outcome when 'kept' then 1 else 0 end as amount
    from {{ ref('followup_promises') }}
    where outcome in ('kept', 'missed')
    union all
    select previous_holder_id as agent_id, cast({{ dbt.date_trunc('month', 'occurred_at') }} as date) as month, 'handoff_out' as fact, null as amount
    from {{ ref('int_ticket_assignments_ordered') }}
    where holder_type = 'agent' and is_handoff and ticket_id in (select ticket_id from tickets)
),

aggregated as (
    select
        facts.agent_id,
        facts.month,
        cast(sum(case when facts.fact = 'ticket' then 1 else 0 end) as integer) as ticket_count,
        cast(sum(case when facts.fact = 'resolution' then 1 else 0 end) as integer) as resolved_ticket_count,
        cast(median(case when facts.fact = 'resolution' then facts.amount end) as decimal(18, 2)) as median_resolution_minutes,
        cast(sum(case when facts.fact = 'rating' then 1 else 0 end) as integer) as rating_count,
        cast(avg(case when facts.fact = 'rating' then facts.amount end) as decimal(5, 4)) as csat_score,
        cast(sum(case when facts.fact = 'promise' then 1 else 0 end) as integer) as due_promise_count,
        cast(avg(case when facts.fact = 'promise' then facts.amount end) as decimal(5, 4)) as promise_kept_rate,
        cast(sum(case when facts.fact = 'handoff_out' then 1 else 0 end) as integer) as handoff_out_count
    from facts
    inner join staff on facts.agent_id = staff.agent_id
    group by facts.agent_id, facts.month
)

select * from aggregated
