with

ledger as (
    select * from {{ ref('int_growth_entries') }}
    where known_until is null and counts_from <= {{ as_of_date() }} and (expires_on is null or expires_on > {{ as_of_date() }})
),

-- An entry less what returns have taken back from it.
remaining as (
    select
        customer_id,
        coalesce(reverses_entry_id, entry_id) as entry_id,
        max(case when reverses_entry_id is null then rule_id end) as rule_id,
        max(case when reverses_entry_id is null then counts_from end) as counts_from,
        max(case when reverses_entry_id is null then coalesce(order_id, source_record_id) end) as earned_with,
        sum(growth_value) as growth_value
    from ledger
    group by customer_id, coalesce(reverses_entry_id, entry_id)
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by growth_value desc, counts_from desc, entry_id asc
        ) as entry_rank
    from remaining
    where growth_value > 0
)

select * from ranked where entry_rank <= 3
