with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

normalised_orders as (
    select * from {{ ref('int_guest_orders_normalised') }}
),

-- an order whose account arrived after it was once a guest's, and is no longer
profiled as (
    select
        orders.order_id,
        orders.shop_customer_id,
        normalised_orders.full_name,
        normalised_orders.normalised,
        orders.ordered_at,
        orders._loaded_at
    from normalised_orders
    inner join orders on normalised_orders.order_id = orders.order_id
    left join shop_customers on orders.shop_customer_id = shop_customers.shop_customer_id
    where shop_customers.shop_customer_id is null
)

select * from profiled
