{{ config(materialized='table') }}

with

partner_orders as (
    select * from {{ ref('int_partner_orders_listed') }}
),

deliveries as (
    select
        order_id,
        case
            when outcome = 'on_time' then 1
            when outcome in ('late', 'undelivered_late') then 0
        end as on_time
    from {{ ref('deliveries') }}
),

asked as (
    select distinct order_id from {{ ref('tickets') }} where order_id is not null
),

faults as (
    select
        role,
        partner_id,
        order_id,
        sum(case source when 'return' then 1 else 0 end) as return_count,
        sum(case source when 'complaint' then 1 else 0 end) as complaint_count
    from {{ ref('int_partner_faults_traced') }}
    where partner_id is not null
    group by role, partner_id, order_id
),

-- a supplier does not carry what is sold, so lateness is not laid at its door
judged as (
    select
        partner_orders.partner_id,
        partner_orders.role,
        partner_orders.order_id,
        partner_orders.customer_id,
        partner_orders.ordered_at,
        partner_orders.is_sale,
        partner_orders.net_sales,
        partner_orders.margin,
        partner_orders.costed_net_sales,
        partner_orders.quantity,
        partner_orders.returned_quantity,
        partner_orders.ordered_quantity,
        partner_orders.filled_quantity,
        cast({{ dbt.date_trunc('month', 'partner_orders.ordered_at') }} as date) as month,
        case when partner_orders.is_sale and partner_orders.role <> 'supplier' then deliveries.on_time end as on_time,
        case when asked.order_id is null then 0 else 1 end as has_ticket,
        coalesce(faults.return_count, 0) as traced_return_count,
        coalesce(faults.complaint_count, 0) as traced_complaint_count
    from partner_orders
    left join deliveries on partner_orders.order_id = deliveries.order_id
    left join asked on partner_orders.order_id = asked.order_id
    left join faults
        on
        partner_orders.order_id = faults.order_id
        and partner_orders.role = faults.role
        and partner_orders.partner_id = faults.partner_id
)

select * from judged
