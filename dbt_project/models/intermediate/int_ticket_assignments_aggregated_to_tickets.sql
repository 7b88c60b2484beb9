with

assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

aggregated as (
    select
        ticket_id,
        cast(sum(case when holder_type = 'agent' and is_handoff then 1 else 0 end) as integer) as handoff_count,
        cast(sum(case when holder_type = 'group' and is_handoff then 1 else 0 end) as integer) as group_change_count
    from assignments
    group by ticket_id
)

select * from aggregated
