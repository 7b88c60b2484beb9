-- What an order was worth as it was known on each day: what is cancelled or refunded later was worth something before.
with

orders as (
    select
        *,
        cast(ordered_at as date) as ordered_on
    from {{ ref('orders') }}
    where (is_sale or cancelled_at is not null) and ordered_at < {{ as_of_end() }}
),

returns as (
    select
        order_id,
        refunded_at,
        refund_amount
    from {{ ref('int_returns_matched_to_orders') }}
    where refunded_at is not null and rejected_reason is null
),

changes as (
    select
        customer_id,
        ordered_on,
        ordered_at as changed_at,
        case when is_sale then gross_sales - discount else coalesce(ordered_amount, 0) end as amount
    from orders
    union all
    select
        customer_id,
        ordered_on,
        greatest(cancelled_at, ordered_at) as changed_at,
        -coalesce(ordered_amount, 0) as amount
    from orders
    where not is_sale
    union all
    select
        orders.customer_id,
        orders.ordered_on,
        greatest(returns.refunded_at, orders.ordered_at) as changed_at,
        -returns.refund_amount as amount
    from returns
    inner join orders on returns.order_id = orders.order_id
    where orders.is_sale
),

dated as (
    select
        *,
        cast(changed_at as date) as changed_on
    from changes
)

select * from dated
