with

items as (
    select * from {{ ref('order_items') }} where is_sale
),

orders as (
    select order_id, paid_at, _loaded_at from {{ ref('stg_shop__orders') }} where paid_at is not null
),

members as (
    select * from {{ ref('int_members_aggregated_to_customers') }}
),

rules as (
    select * from {{ ref('growth_rules') }} where event_type = 'purchase'
),

earned as (
    select
        items.customer_id,
        orders.paid_at as occurred_at,
        rules.rule_id,
        rules.rule_version,
        cast(round((items.gross_sales - items.discount) * rules.growth_per_unit, 2) as decimal(18, 2)) as growth_value,
        rules.growth_per_unit,
        rules.validity_days,
        rules.sentence_en,
        rules.sentence_zh,
        items.order_id,
        items.order_item_id,
        items.quantity as line_quantity,
        orders._loaded_at as known_at,
        concat(rules.rule_id, '-v', rules.rule_version, '-', items.order_item_id) as entry_id,
        items.gross_sales - items.discount as units
    from items
    inner join orders on items.order_id = orders.order_id
    inner join members on items.customer_id = members.customer_id and cast(orders.paid_at as date) >= members.joined_on
    inner join rules
        on
        cast(orders.paid_at as date) >= rules.valid_from
        and (rules.valid_to is null or cast(orders.paid_at as date) < rules.valid_to)
)

select * from earned
