with

orders as (
    select * from {{ ref('orders') }}
    where
        promised_delivery_at is not null
        or shipped_at is not null
        or (is_sale and carrier_id is not null)
),

cities as (
    select order_id, lower(trim(ship_city)) as region from {{ ref('stg_shop__orders') }}
),

listed as (
    select
        orders.order_id,
        orders.customer_id,
        orders.carrier_id,
        orders.distributor_id,
        cities.region,
        orders.channel,
        orders.status,
        orders.promised_delivery_at,
        orders.delivered_at,

        cast(orders.ordered_at as date) as ordered_on,
        cast(orders.shipped_at as date) as shipped_on,
        cast(orders.promised_delivery_at as date) as promised_on,
        cast(orders.delivered_at as date) as delivered_on,
        coalesce(cast(orders.delivered_at as date), {{ as_of_date() }}) as until_on,

        case
            when orders.delivered_at is not null and orders.promised_delivery_at is null then 'delivered'
            when cast(orders.delivered_at as date) > cast(orders.promised_delivery_at as date) then 'late'
            when orders.delivered_at is not null then 'on_time'
            when not orders.is_sale then 'cancelled'
            when orders.status in ('delivered', 'returned') then 'delivered_undated'
            when {{ as_of_date() }} > cast(orders.promised_delivery_at as date) then 'undelivered_late'
            else 'pending'
        end as outcome
    from orders
    left join cities on orders.order_id = cities.order_id
),

timed as (
    select
        *,
        case
            when outcome in ('late', 'undelivered_late') then true
            when outcome in ('on_time', 'pending') and promised_on is not null then false
        end as is_late,
        case
            when outcome in ('late', 'undelivered_late', 'on_time', 'pending')
                then coalesce(delivered_at, {{ as_of_end() }}) > promised_delivery_at
        end as is_late_by_the_clock,
        case
            when outcome in ('late', 'undelivered_late') then {{ days_between('promised_on', 'until_on') }}
            when outcome in ('on_time', 'pending') and promised_on is not null then 0
        end as days_late,
        {{ days_between('ordered_on', 'delivered_on') }} as days_to_deliver
    from listed
)

select * from timed
