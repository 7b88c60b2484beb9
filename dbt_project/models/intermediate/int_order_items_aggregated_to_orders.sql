with

items as (
    select * from {{ ref('order_items') }}
),

aggregated as (
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
)

select * from aggregated
