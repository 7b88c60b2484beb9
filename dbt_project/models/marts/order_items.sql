with

items as (
    select * from {{ ref('stg_shop__order_items') }}
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

-- lines of orders that do not exist are listed in int_rejected_records
ordered as (
    select
        items.order_item_id,
        items.order_id,
        items.product_id,
        identified.customer_id,
        classified.is_sale,
        orders.ordered_at,
        items.quantity,
        items.unit_price,
        products.unit_cost,
        cast(items.quantity * items.unit_price as decimal(18, 4)) as line_amount,
        coalesce(items.discount_amount, 0) + coalesce(order_discounts.amount, 0) as line_discount,
        coalesce(refunds.refunds, 0) as line_refunds,
        least(coalesce(refunds.returned_quantity, 0), items.quantity) as returned_quantity
    from items
    inner join orders on items.order_id = orders.order_id
    inner join classified on items.order_id = classified.order_id
    inner join identified on items.order_id = identified.order_id
    left join products on items.product_id = products.product_id
    left join order_discounts on items.order_item_id = order_discounts.order_item_id
    left join refunds on items.order_item_id = refunds.order_item_id
),

-- what was ordered stays in line_amount; only a sale has sales
sold as (
    select
        *,
        case when is_sale then line_amount else 0 end as gross_sales,
        case when is_sale then line_discount else 0 end as discount,
        case when is_sale then line_refunds else 0 end as refunds
    from ordered
),

priced as (
    select
        order_item_id,
        order_id,
        product_id,
        customer_id,

        is_sale,
        cast(quantity as decimal(18, 4)) as quantity,
        cast(case when is_sale then returned_quantity else 0 end as decimal(18, 4)) as returned_quantity,

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
