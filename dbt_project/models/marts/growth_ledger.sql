with

purchases as (
    select * from {{ ref('int_growth_earned_by_purchases') }}
),

activities as (
    select * from {{ ref('int_growth_earned_by_activities') }}
),

reversals as (
    select * from {{ ref('int_growth_reversed') }}
),

entries as (
    select
        entry_id, customer_id, occurred_at, occurred_at as earned_at, rule_id, rule_version, growth_value,
        'shop' as source_system, 'order_items' as source_table, order_item_id as source_record_id, order_id,
        cast(null as {{ dbt.type_string() }}) as reverses_entry_id,
        cast(units as decimal(18, 4)) as units, growth_per_unit, validity_days, sentence_en, sentence_zh, known_at
    from purchases
    union all
    select
        entry_id, customer_id, occurred_at, occurred_at as earned_at, rule_id, rule_version, growth_value,
        'membership' as source_system, 'activities' as source_table, activity_id as source_record_id, null as order_id,
        null as reverses_entry_id,
        cast(units as decimal(18, 4)) as units, growth_per_unit, validity_days, sentence_en, sentence_zh, known_at
    from activities
    union all
    select
        entry_id, customer_id, occurred_at, earned_at, rule_id, rule_version, growth_value,
        'shop' as source_system, 'returns' as source_table, return_id as source_record_id, order_id,
        reverses_entry_id,
        null as units, growth_per_unit, validity_days,
        'Returned goods give back the growth they earned, no more' as sentence_en,
        '退货时收回该商品所得的成长值，不多扣' as sentence_zh,
        known_at
    from reversals
),

-- Growth counts from its day for validity_days; what takes it back expires with it.
ledger as (
    select
        entry_id,
        customer_id,
        occurred_at,
        cast(occurred_at as date) as counts_from,
        cast({{ dbt.dateadd('day', 'validity_days', 'cast(earned_at as date)') }} as date) as expires_on,
        rule_id,
        rule_version,
        growth_value,
        units,
        growth_per_unit,
        source_system,
        source_table,
        source_record_id,
        order_id,
        reverses_entry_id,
        sentence_en,
        sentence_zh,
        known_at
    from entries
)

select * from ledger
