with

service_levels as (
    select * from {{ ref('ticket_sla') }}
),

-- A ticket of which nothing is known has no count, not 0; one that never had a target was neither kept nor broken.
aggregated as (
    select
        ticket_id,
        case when count(outcome) > 0 then cast(count(case when outcome = 'breached' then 1 end) as integer) end
            as sla_breach_count,
        case
            when count(case when outcome = 'breached' then 1 end) > 0 then false
            when count(case when outcome in ('met', 'running') then 1 end) > 0 then true
        end as is_within_sla
    from service_levels
    group by ticket_id
)

select * from aggregated
