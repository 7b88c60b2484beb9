with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

classified as (
    select * from {{ ref('int_orders_classified') }}
),

-- an order that nobody owes (cancelled, never paid) and that never arrived is neither late nor on time
due as (
    select
        orders.order_id,
        {{ dbt.datediff('orders.promised_delivery_at', 'coalesce(orders.delivered_at, ' ~ as_of_date() ~ ')', 'day') }}
            as days_after_promise
    from orders
    inner join classified on orders.order_id = classified.order_id
    where orders.delivered_at is not null or classified.is_sale
),

timed as (
    select
        order_id,
        days_after_promise > 0 as is_late,
        cast(case when days_after_promise < 0 then 0 else days_after_promise end as bigint) as days_late
    from due
    where days_after_promise is not null
)

select * from timed
