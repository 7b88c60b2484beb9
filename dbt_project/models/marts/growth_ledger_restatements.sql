{{ config(materialized='view') }}

with

entries as (
    select * from {{ ref('int_growth_entries_worded') }} where known_until is not null
),

restated as (
    select
        entry_id, customer_id, occurred_at, counts_from, expires_on, rule_id, rule_version, growth_value, units,
        growth_per_unit, coefficient, level, source_system, source_table, source_record_id, order_id,
        reverses_entry_id, sentence_en, sentence_zh, known_at, known_until,
        {{ restated_because('en') }} as restated_because,
        {{ restated_because('zh') }} as restated_because_zh
    from entries
)

select * from restated
