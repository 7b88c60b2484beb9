with

purchases as (
    select * from {{ ref('int_growth_earned_by_purchases') }}
),

activities as (
    select * from {{ ref('int_growth_earned_by_activities') }}
),

facts as (
    select
        entry_id, customer_id, occurred_at, counts_from, rule_id, rule_version, units, growth_per_unit,
        uses_coefficient, base_growth, validity_days,
        'shop' as source_system, 'order_items' as source_table, order_item_id as source_record_id, order_id
    from purchases
    union all
    select
        entry_id, customer_id, occurred_at, counts_from, rule_id, rule_version, units, growth_per_unit,
        uses_coefficient, base_growth, validity_days,
        'membership' as source_system, 'activities' as source_table, activity_id as source_record_id,
        cast(null as {{ dbt.type_string() }}) as order_id
    from activities
),

dated as (
    select
        entry_id,
        customer_id,
        occurred_at,
        counts_from,
        cast({{ dbt.dateadd('day', 'validity_days', 'counts_from') }} as date) as expires_on,
        rule_id,
        rule_version,
        cast(units as decimal(18, 4)) as units,
        growth_per_unit,
        uses_coefficient,
        base_growth,
        source_system,
        source_table,
        source_record_id,
        order_id
    from facts
)

select * from dated
