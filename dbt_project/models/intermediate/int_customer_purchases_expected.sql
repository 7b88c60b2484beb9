with

customers as (
    select customer_id from {{ ref('int_customers_typed') }}
),

foretold as (
    select * from {{ ref('int_purchases_foretold') }}
    where forecast = 'next year'
),

expected as (
    select
        customers.customer_id,
        foretold.customer_kind,
        coalesce(foretold.purchase_day_count, 0) as purchase_day_count,
        foretold.first_purchase_on,
        foretold.last_purchase_on,
        coalesce(foretold.status, 'no purchases') as status,
        foretold.probability_active,
        foretold.expected_orders,
        cast(foretold.expected_net_sales as decimal(18, 4)) as expected_net_sales
    from customers
    left join foretold on customers.customer_id = foretold.customer_id
)

select * from expected
