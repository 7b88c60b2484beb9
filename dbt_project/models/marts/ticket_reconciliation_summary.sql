with

reconciliation as (
    select * from {{ ref('ticket_reconciliation') }}
),

summed as (
    select
        measure,
        our_column,
        unit,
        cast(count(*) as integer) as ticket_count,
        cast(count(is_equal) as integer) as compared_count,
        cast(count(case when is_equal then 1 end) as integer) as equal_count,
        cast(count(case when not is_equal and difference > 0 then 1 end) as integer) as ours_higher_count,
        cast(count(case when not is_equal and difference < 0 then 1 end) as integer) as ours_lower_count,
        cast(count(case when not coalesce(is_equal, false) and reason is null then 1 end) as integer)
            as unexplained_count,
        cast(sum(ours) as decimal(18, 2)) as ours,
        cast(sum(helpdesks) as decimal(18, 2)) as helpdesks,
        cast(sum(case when not is_equal then difference else 0 end) as decimal(18, 2)) as difference
    from reconciliation
    group by measure, our_column, unit
)

select * from summed
