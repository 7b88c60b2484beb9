with

customers as (
    select * from {{ ref('int_customers_typed') }}
),

orders as (
    select
        customer_id,
        cast(ordered_at as date) as purchased_on,
        is_guest_order,
        net_sales
    from {{ ref('orders') }}
    where is_sale and ordered_at < {{ as_of_end() }}
),

known_as as (
    select
        customers.customer_id,
        case
            when customers.account_type = 'organisation' then 'organisation'
            when customers.account_type = 'unknown' and min(case when orders.is_guest_order then 1 else 0 end) = 1
                then 'guest'
            else 'individual'
        end as customer_kind
    from customers
    inner join orders on customers.customer_id = orders.customer_id
    group by customers.customer_id, customers.account_type
),

listed as (
    select
        orders.customer_id,
        known_as.customer_kind,
        orders.purchased_on,
        cast(sum(orders.net_sales) as decimal(18, 4)) as net_sales
    from orders
    inner join known_as on orders.customer_id = known_as.customer_id
    group by orders.customer_id, known_as.customer_kind, orders.purchased_on
    having sum(orders.net_sales) > 0
)

select * from listed
