with

partner_orders as (
    select * from {{ ref('int_partner_orders_judged') }}
),

customers as (
    select * from {{ ref('int_partner_customers_counted') }}
),

shared as (
    select
        partner_orders.*,
        customers.first_elsewhere_at < {{ dbt.dateadd('month', 1, 'partner_orders.month') }} as is_shared
    from partner_orders
    left join customers
        on
        partner_orders.partner_id = customers.partner_id
        and partner_orders.role = customers.role
        and partner_orders.customer_id = customers.customer_id
),

totalled as (
    select
        partner_id,
        role,
        month,
        cast(sum(case when is_sale then 1 else 0 end) as integer) as order_count,
        cast(count(distinct case when is_sale then customer_id end) as integer) as customer_count,
        cast(count(distinct case when is_sale and is_shared then customer_id end) as integer) as shared_customer_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales,
        cast(sum(margin) as decimal(18, 4)) as margin,
        cast(sum(margin) / nullif(sum(costed_net_sales), 0) as decimal(18, 4)) as margin_rate,
        cast(sum(ordered_quantity) as decimal(18, 4)) as ordered_quantity,
        cast(sum(filled_quantity) as decimal(18, 4)) as filled_quantity,
        cast(sum(filled_quantity) / nullif(sum(ordered_quantity), 0) as decimal(5, 4)) as fill_rate,
        cast(sum(case when is_sale then returned_quantity end) / nullif(sum(quantity), 0) as decimal(5, 4))
            as return_rate,
        cast(avg(case when is_sale then has_ticket end) as decimal(5, 4)) as complaint_rate,
        cast(sum(traced_return_count) as integer) as traced_return_count,
        cast(sum(traced_complaint_count) as integer) as traced_complaint_count
    from shared
    group by partner_id, role, month
)

select * from totalled
