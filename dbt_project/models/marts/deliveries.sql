with

orders as (
    select * from {{ ref('orders') }}
    where
        promised_delivery_at is not null
        or shipped_at is not null
        or (is_sale and carrier_id is not null)
),

judged as (
    select
        order_id,
        customer_id,
        carrier_id,
        distributor_id,
        channel,
        status,

        cast(ordered_at as date) as ordered_on,
        cast(shipped_at as date) as shipped_on,
        cast(promised_delivery_at as date) as promised_on,
        cast(delivered_at as date) as delivered_on,
        coalesce(cast(delivered_at as date), {{ as_of_date() }}) as until_on,

        case
            when delivered_at is not null and promised_delivery_at is null then 'delivered'
            when cast(delivered_at as date) > cast(promised_delivery_at as date) then 'late'
            when delivered_at is not null then 'on_time'
            when not is_sale then 'cancelled'
            when status in ('delivered', 'returned') then 'delivered_undated'
            when {{ as_of_date() }} > cast(promised_delivery_at as date) then 'undelivered_late'
            else 'pending'
        end as outcome,

        is_sale and paid_at is null as is_payment_missing,
        shipped_at is null
        and (delivered_at is not null or status in ('shipped', 'delivered', 'returned')) as is_shipping_missing,
        delivered_at is null and status in ('delivered', 'returned') as is_delivery_missing,
        promised_delivery_at is null as is_promise_missing,
        coalesce(shipped_at < ordered_at, false)
        or coalesce(delivered_at < ordered_at, false)
        or coalesce(delivered_at < shipped_at, false) as is_out_of_order
    from orders
),

deliveries as (
    select
        order_id,
        customer_id,
        carrier_id,
        distributor_id,
        channel,
        status,
        ordered_on,
        shipped_on,
        promised_on,
        delivered_on,
        outcome,
        case
            when outcome in ('late', 'undelivered_late') then {{ days_between('promised_on', 'until_on') }}
            when outcome in ('on_time', 'pending') and promised_on is not null then 0
        end as days_late,
        {{ days_between('ordered_on', 'delivered_on') }} as days_to_deliver,
        nullif(concat_ws(
            ', ',
            case when is_promise_missing then 'promised' end,
            case when is_payment_missing then 'paid' end,
            case when is_shipping_missing then 'shipped' end,
            case when is_delivery_missing then 'delivered' end
        ), '') as missing_milestones,
        is_out_of_order
    from judged
)

select * from deliveries
