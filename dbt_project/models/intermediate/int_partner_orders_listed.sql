with

orders as (
    select
        *,
        -- whether what was ordered was there to be sold; null where the customer has yet to pay
        case when is_sale then 1 when status in ('cancelled', 'unavailable') then 0 end as is_filled
    from {{ ref('orders') }}
),

lines as (
    select
        items.*,
        coalesce(products.supplier_id, 'none') as supplier_id,
        case when items.margin is not null then items.net_sales end as costed_net_sales
    from {{ ref('order_items') }} as items
    left join {{ ref('stg_shop__products') }} as products on items.product_id = products.product_id
),

-- what one supplier has in one order, so that an order with two of its books counts once
supplied as (
    select
        order_id,
        supplier_id,
        sum(net_sales) as net_sales,
        sum(margin) as margin,
        sum(costed_net_sales) as costed_net_sales,
        sum(quantity) as quantity,
        sum(returned_quantity) as returned_quantity
    from lines
    group by order_id, supplier_id
),

whole as (
    select order_id, sum(costed_net_sales) as costed_net_sales from supplied group by order_id
),

through as (
    select
        coalesce(orders.distributor_id, 'none') as partner_id, 'distributor' as role, orders.order_id,
        orders.net_sales, orders.margin, whole.costed_net_sales, orders.quantity, orders.returned_quantity
    from orders
    left join whole on orders.order_id = whole.order_id
    union all
    select
        coalesce(orders.carrier_id, 'none') as partner_id, 'carrier' as role, orders.order_id,
        orders.net_sales, orders.margin, whole.costed_net_sales, orders.quantity, orders.returned_quantity
    from orders
    left join whole on orders.order_id = whole.order_id
    union all
    select
        supplier_id as partner_id, 'supplier' as role, order_id,
        net_sales, margin, costed_net_sales, quantity, returned_quantity
    from supplied
),

listed as (
    select
        through.partner_id,
        through.role,
        through.order_id,
        orders.customer_id,
        orders.ordered_at,
        orders.is_sale,
        through.net_sales,
        through.margin,
        through.costed_net_sales,
        case when orders.is_sale then through.quantity else 0 end as quantity,
        through.returned_quantity,
        case when through.role <> 'carrier' and orders.is_filled is not null then through.quantity end
            as ordered_quantity,
        case when through.role <> 'carrier' then orders.is_filled * through.quantity end as filled_quantity
    from through
    inner join orders on through.order_id = orders.order_id
)

select * from listed
