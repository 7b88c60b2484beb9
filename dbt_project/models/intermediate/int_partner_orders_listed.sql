with

orders as (
    select * from {{ ref('orders') }} where is_sale
),

items as (
    select * from {{ ref('order_items') }} where is_sale
),

products as (
    select product_id, supplier_id from {{ ref('stg_shop__products') }} where supplier_id is not null
),

-- what one supplier has in one order, so that an order with two of its books counts once
supplied as (
    select
        products.supplier_id,
        items.order_id,
        sum(items.net_sales) as net_sales,
        sum(items.quantity) as quantity,
        sum(items.returned_quantity) as returned_quantity
    from items
    inner join products on items.product_id = products.product_id
    group by products.supplier_id, items.order_id
),

listed as (
    select
        distributor_id as partner_id, 'distributor' as role, order_id, ordered_at,
        net_sales, quantity, returned_quantity
    from orders
    where distributor_id is not null
    union all
    select
        carrier_id as partner_id, 'carrier' as role, order_id, ordered_at,
        net_sales, quantity, returned_quantity
    from orders
    where carrier_id is not null
    union all
    select
        supplied.supplier_id as partner_id, 'supplier' as role, supplied.order_id, orders.ordered_at,
        supplied.net_sales, supplied.quantity, supplied.returned_quantity
    from supplied
    inner join orders on supplied.order_id = orders.order_id
)

select * from listed
