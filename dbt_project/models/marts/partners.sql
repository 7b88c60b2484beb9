with

partners as (
    select * from {{ ref('stg_shop__partners') }}
),

orders as (
    select * from {{ ref('orders') }} where is_sale
),

items as (
    select * from {{ ref('order_items') }} where is_sale
),

products as (
    select product_id, supplier_id from {{ ref('stg_shop__products') }} where supplier_id is not null
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

served as (
    select
        orders.*,
        deliveries.on_time,
        case when complained.order_id is null then 0 else 1 end as has_ticket
    from orders
    left join deliveries on orders.order_id = deliveries.order_id
    left join complained on orders.order_id = complained.order_id
),

-- What one supplier has in one order, so that an order with two of its books counts once.
supplied as (
    select
        products.supplier_id,
        items.order_id,
        sum(items.net_sales) as net_sales,
        sum(items.quantity) as quantity,
        sum(items.returned_quantity) as returned_quantity
    from items
    inner join products on items.product_id = products.product_id
    group by products.supplier_id, items.order_id
),

facts as (
    select
        distributor_id as partner_id, 'distributor' as role, ordered_at,
        net_sales, quantity, returned_quantity, on_time, has_ticket
    from served
    where distributor_id is not null
    union all
    select
        carrier_id as partner_id, 'carrier' as role, ordered_at,
        net_sales, quantity, returned_quantity, on_time, has_ticket
    from served
    where carrier_id is not null
    union all
    -- A supplier does not carry what is sold, so lateness is not laid at its door.
    select
        supplied.supplier_id as partner_id, 'supplier' as role, served.ordered_at,
        supplied.net_sales, supplied.quantity, supplied.returned_quantity, null as on_time, served.has_ticket
    from supplied
    inner join served on supplied.order_id = served.order_id
),

monthly as (
    select
        partner_id,
        role,
        cast({{ dbt.date_trunc('month', 'ordered_at') }} as date) as month,
        cast(count(*) as integer) as order_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales,
        cast(count(on_time) as integer) as due_delivery_count,
        cast(avg(on_time) as decimal(5, 4)) as on_time_rate,
        cast(sum(returned_quantity) / nullif(sum(quantity), 0) as decimal(5, 4)) as return_rate,
        cast(avg(has_ticket) as decimal(5, 4)) as complaint_rate
    from facts
    group by partner_id, role, cast({{ dbt.date_trunc('month', 'ordered_at') }} as date)
),

named as (
    select
        monthly.partner_id,
        monthly.role,
        monthly.month,
        monthly.order_count,
        monthly.net_sales,
        monthly.due_delivery_count,
        monthly.on_time_rate,
        monthly.return_rate,
        monthly.complaint_rate,
        coalesce(partners.partner_type, monthly.role) as partner_type
    from monthly
    left join partners on monthly.partner_id = partners.partner_id
)

select * from named
