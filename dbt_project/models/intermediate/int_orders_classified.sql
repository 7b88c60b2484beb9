with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

statuses as (
    select * from {{ ref('order_statuses') }}
),

-- a status nobody has classified yet: money that came in is a sale
classified as (
    select
        orders.order_id,
        coalesce(statuses.status, 'other') as status,
        coalesce(statuses.is_sale, orders.paid_at is not null) as is_sale
    from orders
    left join statuses on orders.source_status = statuses.source_status
)

select * from classified
