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

items as (
    select * from {{ ref('order_items') }}
),

item_totals as (
    select
        order_id,
        count(*) as item_count,
        sum(quantity) as quantity,
        sum(returned_quantity) as returned_quantity,
        sum(line_amount) as ordered_amount,
        sum(gross_sales) as gross_sales,
        sum(discount) as discount,
        sum(refunds) as refunds,
        sum(net_sales) as net_sales,
        sum(margin) as margin
    from items
    group by order_id
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

        orders.currency,
        coalesce(item_totals.item_count, 0) as item_count,
        cast(coalesce(item_totals.quantity, 0) as decimal(18, 4)) as quantity,
        cast(coalesce(item_totals.returned_quantity, 0) as decimal(18, 4)) as returned_quantity,
        cast(item_totals.ordered_amount as decimal(18, 4)) as ordered_amount,
        cast(coalesce(item_totals.gross_sales, 0) as decimal(18, 4)) as gross_sales,
        cast(coalesce(item_totals.discount, 0) as decimal(18, 4)) as discount,
        cast(coalesce(item_totals.refunds, 0) as decimal(18, 4)) as refunds,
        cast(coalesce(item_totals.net_sales, 0) as decimal(18, 4)) as net_sales,
        cast(item_totals.margin as decimal(18, 4)) as margin,
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
    left join item_totals on orders.order_id = item_totals.order_id
),

-- an order that nobody owes (cancelled, never paid) and that never arrived is neither late nor on time
due as (
    select
        *,
        case
            when delivered_at is not null or is_sale
                then {{ dbt.datediff('promised_delivery_at', 'coalesce(delivered_at, ' ~ as_of_date() ~ ')', 'day') }}
        end as days_after_promise
    from joined
),

with_lateness as (
    select
        order_id,
        customer_id,
        salesperson_id,
        distributor_id,
        carrier_id,

        channel,
        status,
        source_status,
        is_sale,
        is_gift,
        is_guest_order,
        days_after_promise > 0 as is_late,
        cast(case when days_after_promise < 0 then 0 else days_after_promise end as bigint) as days_late,

        currency,
        item_count,
        quantity,
        returned_quantity,
        ordered_amount,
        gross_sales,
        discount,
        refunds,
        net_sales,
        margin,
        shipping_amount,
        tax_amount,
        total_amount,

        ordered_at,
        paid_at,
        shipped_at,
        promised_delivery_at,
        delivered_at,
        cancelled_at
    from due
)

select * from with_lateness
