with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

classified as (
    select * from {{ ref('int_orders_classified') }}
),

identified as (
    select * from {{ ref('int_orders_identified') }}
),

timed as (
    select * from {{ ref('int_orders_timed') }}
),

items as (
    select * from {{ ref('int_order_items_aggregated_to_orders') }}
),

joined as (
    select
        orders.order_id,
        identified.customer_id,
        orders.salesperson_id,
        orders.distributor_id,
        orders.carrier_id,

        orders.channel,
        classified.status,
        orders.source_status,
        classified.is_sale,
        orders.is_gift,
        identified.is_guest_order,
        timed.is_late,
        timed.days_late,

        orders.currency,
        coalesce(items.item_count, 0) as item_count,
        cast(coalesce(items.quantity, 0) as decimal(18, 4)) as quantity,
        cast(coalesce(items.returned_quantity, 0) as decimal(18, 4)) as returned_quantity,
        cast(items.ordered_amount as decimal(18, 4)) as ordered_amount,
        cast(coalesce(items.gross_sales, 0) as decimal(18, 4)) as gross_sales,
        cast(coalesce(items.discount, 0) as decimal(18, 4)) as discount,
        cast(coalesce(items.refunds, 0) as decimal(18, 4)) as refunds,
        cast(coalesce(items.net_sales, 0) as decimal(18, 4)) as net_sales,
        cast(items.margin as decimal(18, 4)) as margin,
        orders.shipping_amount,
        orders.tax_amount,
        orders.total_amount,

        orders.ordered_at,
        orders.paid_at,
        orders.shipped_at,
        orders.promised_delivery_at,
        orders.delivered_at,
        orders.cancelled_at
    from orders
    inner join classified on orders.order_id = classified.order_id
    inner join identified on orders.order_id = identified.order_id
    left join timed on orders.order_id = timed.order_id
    left join items on orders.order_id = items.order_id
)

select * from joined
