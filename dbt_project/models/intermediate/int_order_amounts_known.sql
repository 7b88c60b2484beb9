-- What an order was worth as people knew it on each day: what is cancelled or refunded later was worth something before.
with

orders as (
    select
        *,
        cast(ordered_at as date) as ordered_on,
        greatest(cast(cancelled_at as date), cast(ordered_at as date)) as cancelled_on
    from {{ ref('orders') }}
    where (is_sale or cancelled_at is not null) and ordered_at < {{ as_of_end() }}
),

returns as (
    select
        order_id,
        cast(refunded_at as date) as refunded_on,
        refund_amount
    from {{ ref('int_returns_matched_to_orders') }}
    where refunded_at is not null and rejected_reason is null
),

changes as (
    select
        customer_id,
        ordered_on,
        ordered_on as changed_on,
        case when is_sale then gross_sales - discount else coalesce(ordered_amount, 0) end as amount
    from orders
    union all
    select
        customer_id,
        ordered_on,
        cancelled_on as changed_on,
        -coalesce(ordered_amount, 0) as amount
    from orders
    where not is_sale
    union all
    select
        orders.customer_id,
        orders.ordered_on,
        greatest(returns.refunded_on, orders.ordered_on) as changed_on,
        -returns.refund_amount as amount
    from returns
    inner join orders on returns.order_id = orders.order_id
    where orders.is_sale
)

select * from changes
