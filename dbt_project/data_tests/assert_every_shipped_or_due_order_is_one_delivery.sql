-- A row here is an order that was shipped or promised and is in `deliveries` not at all or more than once, or a
-- delivery of an order that was neither. Likely cause: a join in `deliveries` that drops or doubles orders.
with

due as (
    select
        orders.order_id,
        orders.shipped_at is not null
        or orders.promised_delivery_at is not null
        or (classified.is_sale and orders.carrier_id is not null) as is_due
    from {{ ref('stg_shop__orders') }} as orders
    inner join {{ ref('int_orders_classified') }} as classified on orders.order_id = classified.order_id
),

counted as (
    select
        order_id,
        count(*) as times
    from {{ ref('deliveries') }}
    group by order_id
)

select
    coalesce(due.order_id, counted.order_id) as order_id,
    counted.times
from due
full join counted on due.order_id = counted.order_id
where coalesce(counted.times, 0) <> case when due.is_due then 1 else 0 end
