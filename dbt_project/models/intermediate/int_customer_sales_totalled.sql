with

customers as (
    select
        customer_id,
        account_type,
        case when account_type = 'organisation' then 'organisation' else 'individual' end as judged_as
    from {{ ref('int_customer_profiles_completed') }}
),

orders as (
    select customer_id, ordered_at, net_sales from {{ ref('orders') }}
    where is_sale and ordered_at < {{ as_of_end() }}
),

periods as (
    select account_type, period_days, cast(floor(period_days / 2) as integer) as half_period_days
    from {{ ref('int_value_tiers_in_force') }}
    group by account_type, period_days
),

totalled as (
    select
        customers.customer_id,
        customers.account_type,
        customers.judged_as,
        coalesce(sum(orders.net_sales), 0) as net_sales,
        coalesce(sum(case
            when orders.ordered_at >= {{ dbt.dateadd('day', '-periods.half_period_days', as_of_end()) }}
                then orders.net_sales
        end), 0) as recent_net_sales
    from customers
    inner join periods on customers.judged_as = periods.account_type
    left join orders
        on customers.customer_id = orders.customer_id
        and orders.ordered_at >= {{ dbt.dateadd('day', '-periods.period_days', as_of_end()) }}
    group by customers.customer_id, customers.account_type, customers.judged_as
)

select * from totalled
