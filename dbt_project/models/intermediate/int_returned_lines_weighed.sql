with

returns as (
    select * from {{ ref('int_returns_matched_to_orders') }}
    where refunded_at is not null and rejected_reason is null
),

refunds_of_orders as (
    select * from {{ ref('int_order_amounts_allocated') }} where amount_type = 'refund'
),

-- a return that names no line takes from each line the share of the refund that falls on it
weighed as (
    select
        return_id,
        order_item_id,
        refunded_at,
        cast(quantity as decimal(18, 4)) as quantity_returned,
        cast(null as decimal(18, 4)) as amount_refunded
    from returns
    where order_item_id is not null
    union all
    select
        returns.return_id,
        refunds_of_orders.order_item_id,
        returns.refunded_at,
        cast(null as decimal(18, 4)) as quantity_returned,
        refunds_of_orders.amount as amount_refunded
    from returns
    inner join refunds_of_orders on returns.return_id = refunds_of_orders.return_id
    where returns.order_item_id is null
)

select * from weighed
