with

entries as (
    select * from {{ ref('int_growth_entries') }}
    where known_until is null and {{ counts_on(as_of_date()) }}
),

taken_back as (
    select
        reverses_entry_id,
        sum(growth_value) as growth_value
    from entries
    where reverses_entry_id is not null
    group by reverses_entry_id
),

-- An entry less what returns have taken back from it.
remaining as (
    select
        entries.customer_id,
        entries.entry_id,
        entries.rule_id,
        entries.counts_from,
        coalesce(entries.order_id, entries.source_record_id) as earned_with,
        entries.growth_value + coalesce(taken_back.growth_value, 0) as growth_value
    from entries
    left join taken_back on entries.entry_id = taken_back.reverses_entry_id
    where entries.reverses_entry_id is null
),

ranked as (
    select
        *,
        row_number() over (
            partition by customer_id order by growth_value desc, counts_from desc, entry_id asc
        ) as entry_rank
    from remaining
    where growth_value > 0
    qualify entry_rank <= 3
)

select * from ranked
