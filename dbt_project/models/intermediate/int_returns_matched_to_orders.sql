with

returns as (
    select * from {{ ref('stg_shop__returns') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

items as (
    select * from {{ ref('stg_shop__order_items') }}
),

orders_with_items as (
    select distinct order_id from items
),

-- a return that names no line, or one of another order, is a return of the whole order
matched as (
    select
        returns.return_id,
        returns.order_id,
        items.order_item_id,
        least(coalesce(returns.quantity, items.quantity), items.quantity) as quantity,
        coalesce(returns.refund_amount, 0) as refund_amount,
        returns.refunded_at,
        case
            when orders.order_id is null then 'return of an order that does not exist'
            when orders_with_items.order_id is null then 'return of an order without lines'
        end as rejected_reason
    from returns
    left join orders on returns.order_id = orders.order_id
    left join orders_with_items on returns.order_id = orders_with_items.order_id
    left join items
        on returns.order_item_id = items.order_item_id
        and returns.order_id = items.order_id
)

select * from matched
