with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

-- whoever receives a gift is not who bought it, so a gift's recipient identifies nobody
profiled as (
    select
        orders.order_id,
        orders.shop_customer_id,
        case when not orders.is_gift then orders.recipient_name end as full_name,
        case when not orders.is_gift then orders.recipient_email_normalised end as email_normalised,
        case when not orders.is_gift then orders.recipient_phone_normalised end as phone_normalised,
        orders.ordered_at,
        orders._loaded_at
    from orders
    left join shop_customers on orders.shop_customer_id = shop_customers.shop_customer_id
    where shop_customers.shop_customer_id is null
)

select * from profiled
