with

partners as (
    select * from {{ ref('stg_shop__partners') }}
),

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

complained as (
    select distinct order_id from {{ ref('tickets') }} where order_id is not null
),

-- a supplier does not carry what is sold, so lateness is not laid at its door
served as (
    select
        partner_orders.partner_id,
        partner_orders.role,
        cast({{ dbt.date_trunc('month', 'partner_orders.ordered_at') }} as date) as month,
        partner_orders.net_sales,
        partner_orders.quantity,
        partner_orders.returned_quantity,
        case when partner_orders.role <> 'supplier' then deliveries.on_time end as on_time,
        case when complained.order_id is null then 0 else 1 end as has_ticket
    from partner_orders
    left join deliveries on partner_orders.order_id = deliveries.order_id
    left join complained on partner_orders.order_id = complained.order_id
),

monthly as (
    select
        partner_id,
        role,
        month,
        cast(count(*) as integer) as order_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales,
        cast(count(on_time) as integer) as due_delivery_count,
        cast(avg(on_time) as decimal(5, 4)) as on_time_rate,
        cast(sum(returned_quantity) / nullif(sum(quantity), 0) as decimal(5, 4)) as return_rate,
        cast(avg(has_ticket) as decimal(5, 4)) as complaint_rate
    from served
    group by partner_id, role, month
),

named as (
    select
        monthly.partner_id,
        coalesce(partners.partner_type, monthly.role) as partner_type,
        monthly.role,
        monthly.month,
        monthly.order_count,
        monthly.net_sales,
        monthly.due_delivery_count,
        monthly.on_time_rate,
        monthly.return_rate,
        monthly.complaint_rate
    from monthly
    left join partners on monthly.partner_id = partners.partner_id
)

select * from named
