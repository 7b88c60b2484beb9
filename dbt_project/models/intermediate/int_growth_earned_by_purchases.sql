with

items as (
    select * from {{ ref('order_items') }} where is_sale
),

orders as (
    select order_id, paid_at, channel from {{ ref('stg_shop__orders') }} where paid_at is not null
),

products as (
    select product_id, category from {{ ref('stg_shop__products') }}
),

members as (
    select * from {{ ref('int_members_aggregated_to_customers') }}
),

rules as (
    select * from {{ ref('growth_rules') }} where event_type = 'purchase'
),

ruled as (
    select
        items.customer_id,
        orders.paid_at as occurred_at,
        cast(orders.paid_at as date) as counts_from,
        rules.rule_id,
        rules.rule_version,
        rules.growth_per_unit,
        rules.uses_coefficient,
        rules.validity_days,
        items.order_id,
        items.order_item_id,
        items.quantity as line_quantity,
        concat(rules.rule_id, '-v', rules.rule_version, '-', items.order_item_id) as entry_id,
        items.gross_sales - items.discount as paid,
        case rules.unit
            when 'quantity' then items.quantity
            when 'event' then 1
            else items.gross_sales - items.discount
        end as units
    from items
    inner join orders on items.order_id = orders.order_id
    inner join members
        on
        items.customer_id = members.customer_id
        and cast(orders.paid_at as date) >= members.joined_on
        and (members.cancelled_on is null or cast(orders.paid_at as date) < members.cancelled_on)
    inner join rules on {{ is_in_force('cast(orders.paid_at as date)', 'rules') }}
    left join products on items.product_id = products.product_id
    where
        {{ is_listed("coalesce(orders.channel, '')", 'rules.channels') }}
        and {{ is_listed("coalesce(products.category, '')", 'rules.categories') }}
),

earned as (
    select
        *,
        cast(round(units * growth_per_unit, 2) as decimal(18, 2)) as base_growth
    from ruled
)

select * from earned
