with

staff as (
    select agent_id from {{ ref('int_service_staff_listed') }}
),

tickets as (
    select * from {{ ref('tickets') }}
),

facts as (
    select agent_id, opened_at as occurred_at, 'ticket' as fact, cast(null as decimal(18, 2)) as amount
    from tickets
    union all
    select agent_id, resolved_at as occurred_at, 'resolution' as fact, resolution_minutes as amount
    from tickets
    where resolved_at is not null
    union all
    select agent_id, rated_at as occurred_at, 'rating' as fact, csat_score as amount
    from {{ ref('int_ticket_ratings_latest') }}
    union all
    select agent_id, due_at as occurred_at, 'promise' as fact, case outcome when 'kept' then 1 else 0 end as amount
    from {{ ref('followup_promises') }}
    where outcome in ('kept', 'missed')
    union all
    select previous_holder_id as agent_id, occurred_at, 'handoff_out' as fact, null as amount
    from {{ ref('int_ticket_assignments_ordered') }}
    where holder_type = 'agent' and is_handoff and ticket_id in (select ticket_id from tickets)
),

by_month as (
    select
        facts.*,
        cast({{ dbt.date_trunc('month', 'facts.occurred_at') }} as date) as month
    from facts
    inner join staff on facts.agent_id = staff.agent_id
),

aggregated as (
    select
        agent_id,
        month,
        cast(sum(case when fact = 'ticket' then 1 else 0 end) as integer) as ticket_count,
        cast(sum(case when fact = 'resolution' then 1 else 0 end) as integer) as resolved_ticket_count,
        cast(
            median(case when fact = 'resolution' then amount end) as decimal(18, 2)
        ) as median_resolution_minutes,
        cast(sum(case when fact = 'rating' then 1 else 0 end) as integer) as rating_count,
        cast(avg(case when fact = 'rating' then amount end) as decimal(5, 4)) as csat_score,
        cast(sum(case when fact = 'promise' then 1 else 0 end) as integer) as due_promise_count,
        cast(avg(case when fact = 'promise' then amount end) as decimal(5, 4)) as promise_kept_rate,
        cast(sum(case when fact = 'handoff_out' then 1 else 0 end) as integer) as handoff_out_count
    from by_month
    group by agent_id, month
)

select * from aggregated
