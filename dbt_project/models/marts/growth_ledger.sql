{{ config(materialized='view') }}

with

entries as (
    select * from {{ ref('int_growth_entries_worded') }} where known_until is null
),

taken_back as (
    select reverses_entry_id, sum(growth_value) as growth_value
    from {{ ref('int_growth_entries') }}
    where known_until is null and reverses_entry_id is not null
    group by reverses_entry_id
),

ledger as (
    select
        entries.entry_id,
        entries.customer_id,
        entries.occurred_at,
        entries.counts_from,
        entries.expires_on,
        entries.rule_id,
        entries.rule_version,
        entries.growth_value,
        case
            when entries.reverses_entry_id is null
                then cast(entries.growth_value + coalesce(taken_back.growth_value, 0) as decimal(18, 2))
        end as growth_remaining,
        entries.units,
        entries.growth_per_unit,
        entries.coefficient,
        entries.level,
        entries.source_system,
        entries.source_table,
        entries.source_record_id,
        entries.order_id,
        entries.reverses_entry_id,
        entries.sentence_en,
        entries.sentence_zh,
        entries.known_at
    from entries
    left join taken_back on entries.entry_id = taken_back.reverses_entry_id
)

select * from ledger
