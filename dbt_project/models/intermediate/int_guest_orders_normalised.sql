{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='order_id') }}

with

orders as (
    select * from {{ ref('stg_shop__orders') }}
    {% if is_incremental() %}
    where _loaded_at > (select coalesce(max(_loaded_at), timestamp '1900-01-01') from {{ this }})
    {% endif %}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

-- whoever receives a gift is not who bought it, so a gift's recipient identifies nobody
said_of_buyers as (
    select
        orders.order_id,
        case when not orders.is_gift then orders.recipient_name end as full_name,
        case when not orders.is_gift then orders.recipient_email end as email,
        case when not orders.is_gift then orders.recipient_phone end as phone,
        case when not orders.is_gift then orders.ship_city end as city,
        case when not orders.is_gift then orders.ship_postcode end as postcode,
        orders._loaded_at
    from orders
    left join shop_customers on orders.shop_customer_id = shop_customers.shop_customer_id
    where shop_customers.shop_customer_id is null
),

normalised as (
    select
        order_id,
        full_name,
        {{ normalise_record({
            'full_name': 'full_name',
            'email': 'email',
            'phone': 'phone',
            'city': 'city',
            'postcode': 'postcode',
            'known_on': '_loaded_at',
        }) }} as normalised,
        {{ normalised_with() }} as _normalised_with,
        _loaded_at
    from said_of_buyers
)

select * from normalised
