with

orders as (
    select * from {{ ref('orders') }}
),

totals as (
    select
        customer_id,
        count(*) as placed_order_count,
        sum(case when is_sale then 1 else 0 end) as order_count,
        sum(case when is_late then 1 else 0 end) as late_order_count,
        sum(case when is_sale then quantity else 0 end) as quantity,
        sum(returned_quantity) as returned_quantity,
        sum(gross_sales) as gross_sales,
        sum(discount) as discount,
        sum(refunds) as refunds,
        sum(net_sales) as net_sales,
        sum(margin) as margin,
        min(case when is_sale then ordered_at end) as first_order_at,
        max(case when is_sale then ordered_at end) as last_order_at
    from orders
    group by customer_id
),

channels as (
    select
        customer_id,
        channel,
        count(*) as order_count,
        max(ordered_at) as last_order_at
    from orders
    where is_sale and channel is not null
    group by customer_id, channel
),

preferred_channels as (
    select
        customer_id,
        max_by(channel, (order_count, last_order_at, channel)) as preferred_channel
    from channels
    group by customer_id
),

aggregated as (
    select
        totals.*,
        preferred_channels.preferred_channel
    from totals
    left join preferred_channels on totals.customer_id = preferred_channels.customer_id
)

select * from aggregated
