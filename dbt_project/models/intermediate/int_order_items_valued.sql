with

items as (
    select * from {{ ref('stg_shop__order_items') }}
),

products as (
    select * from {{ ref('stg_shop__products') }}
),

order_discounts as (
    select order_item_id, amount from {{ ref('int_order_amounts_allocated') }}
    where amount_type = 'discount'
),

refunds as (
    select * from {{ ref('int_order_items_refunded') }}
),

valued as (
    select
        items.order_item_id,
        items.order_id,
        items.product_id,
        items.quantity,
        items.unit_price,
        products.unit_cost,
        cast(items.quantity * items.unit_price as decimal(18, 4)) as line_amount,
        coalesce(items.discount_amount, 0) + coalesce(order_discounts.amount, 0) as discount,
        coalesce(refunds.refunds, 0) as refunds,
        least(coalesce(refunds.returned_quantity, 0), items.quantity) as returned_quantity
    from items
    left join products on items.product_id = products.product_id
    left join order_discounts on items.order_item_id = order_discounts.order_item_id
    left join refunds on items.order_item_id = refunds.order_item_id
)

select * from valued
