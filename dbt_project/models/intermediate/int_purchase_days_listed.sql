with

sales as (
    select * from {{ ref('int_customer_sales_by_day') }}
    where net_sales > 0
),

customers as (
    select * from {{ ref('int_customers_typed') }}
),

orders as (
    select customer_id, is_guest_order from {{ ref('orders') }}
    where is_sale
),

guests as (
    select customer_id
    from orders
    group by customer_id
    having min(case when is_guest_order then 1 else 0 end) = 1
),

listed as (
    select
        sales.customer_id,
        case
            when customers.account_type = 'organisation' then 'organisation'
            when customers.account_type = 'unknown' and guests.customer_id is not null then 'guest'
            else 'individual'
        end as customer_kind,
        sales.ordered_on as purchased_on,
        sales.net_sales
    from sales
    inner join customers on sales.customer_id = customers.customer_id
    left join guests on sales.customer_id = guests.customer_id
)

select * from listed
