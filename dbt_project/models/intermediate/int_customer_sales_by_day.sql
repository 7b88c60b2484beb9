{{ config(materialized='table') }}

with

orders as (
    select
        customer_id,
        cast(ordered_at as date) as ordered_on,
        net_sales
    from {{ ref('orders') }}
    where is_sale and ordered_at < {{ as_of_end() }}
),

by_day as (
    select
        customer_id,
        ordered_on,
        cast(count(*) as integer) as order_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales
    from orders
    group by customer_id, ordered_on
)

select * from by_day
