with

returns as (
    select * from {{ ref('int_returns_matched_to_orders') }} where rejected_reason is null
),

orders as (
    select * from {{ ref('orders') }}
),

items as (
    select * from {{ ref('order_items') }}
),

products as (
    select * from {{ ref('stg_shop__products') }}
),

-- for the line as far as it came back, or for the whole order where the return names no line
valued as (
    select
        returns.return_id,
        returns.order_id,
        returns.order_item_id,
        orders.customer_id,
        items.product_id,
        lower(products.category) as category,
        returns.quantity,
        coalesce(
            {{ share_of('items.gross_sales - items.discount', 'returns.quantity', 'items.quantity') }},
            {{ cents('orders.gross_sales - orders.discount') }}
        ) as amount_paid,
        cast(orders.ordered_at as date) as ordered_on,
        cast(orders.delivered_at as date) as delivered_on
    from returns
    inner join orders on returns.order_id = orders.order_id
    left join items on returns.order_item_id = items.order_item_id
    left join products on items.product_id = products.product_id
)

select * from valued
