with

partner_orders as (
    select * from {{ ref('int_partner_orders_judged') }}
    where partner_id <> 'none' and customer_id is not null
),

customers as (
    select * from {{ ref('int_partner_customers_counted') }}
),

spending as (
    select
        customer_id,
        sum(net_sales) as net_sales
    from {{ ref('orders') }}
    group by customer_id
),

partners as (
    select * from {{ ref('stg_shop__partners') }}
),

lived_through as (
    select
        partner_id,
        role,
        customer_id,
        cast(sum(case when is_sale then 1 else 0 end) as integer) as order_count,
        cast(sum(case when is_sale then 0 else 1 end) as integer) as unsold_order_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales,
        cast(sum(margin) as decimal(18, 4)) as margin,
        cast(count(on_time) as integer) as due_delivery_count,
        cast(count(on_time) - coalesce(sum(on_time), 0) as integer) as late_delivery_count,
        cast(sum(returned_quantity) as decimal(18, 4)) as returned_quantity,
        cast(sum(has_ticket) as integer) as ticket_order_count,
        cast(sum(traced_return_count) as integer) as traced_return_count,
        cast(sum(traced_complaint_count) as integer) as traced_complaint_count,
        min(ordered_at) as first_order_at,
        max(ordered_at) as last_order_at
    from partner_orders
    group by partner_id, role, customer_id
),

joined as (
    select
        lived_through.*,
        {{ partner_type('partners', 'lived_through') }} as partner_type,
        {{ partner_problem('partners', 'lived_through') }} as problem,
        case
            when spending.net_sales > 0 then cast(lived_through.net_sales / spending.net_sales as decimal(18, 4))
        end as share_of_spending,
        coalesce(customers.other_partner_count, 0) as other_partner_count
    from lived_through
    left join spending on lived_through.customer_id = spending.customer_id
    left join partners on lived_through.partner_id = partners.partner_id
    left join customers
        on
        lived_through.partner_id = customers.partner_id
        and lived_through.role = customers.role
        and lived_through.customer_id = customers.customer_id
)

select * from joined
