with

items as (
    select * from {{ ref('int_order_items_valued') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

classified as (
    select * from {{ ref('int_orders_classified') }}
),

identified as (
    select * from {{ ref('int_orders_identified') }}
),

-- what was ordered stays in line_amount; only a sale has sales; lines of no order are in int_rejected_records
sold as (
    select
        items.order_item_id,
        items.order_id,
        items.product_id,
        identified.customer_id,
        classified.is_sale,
        orders.ordered_at,
        items.quantity,
        items.unit_price,
        items.unit_cost,
        items.line_amount,
        case when classified.is_sale then items.returned_quantity else 0 end as returned_quantity,
        case when classified.is_sale then items.line_amount else 0 end as gross_sales,
        case when classified.is_sale then items.discount else 0 end as discount,
        case when classified.is_sale then items.refunds else 0 end as refunds
    from items
    inner join orders on items.order_id = orders.order_id
    inner join classified on items.order_id = classified.order_id
    inner join identified on items.order_id = identified.order_id
),

priced as (
    select
        order_item_id,
        order_id,
        product_id,
        customer_id,

        is_sale,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(returned_quantity as decimal(18, 4)) as returned_quantity,

        unit_price,
        line_amount,
        cast(gross_sales as decimal(18, 4)) as gross_sales,
        cast(discount as decimal(18, 4)) as discount,
        cast(refunds as decimal(18, 4)) as refunds,
        cast(gross_sales - discount - refunds as decimal(18, 4)) as net_sales,
        cast(
            case
                when not is_sale then 0
                else gross_sales - discount - refunds - unit_cost * (quantity - returned_quantity)
            end as decimal(18, 4)
        ) as margin,

        ordered_at
    from sold
)

select * from priced
