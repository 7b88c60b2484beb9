with

returns as (
    select * from {{ ref('int_returns_matched_to_orders') }}
    where refunded_at is not null and rejected_reason is null
),

allocated as (
    select * from {{ ref('int_order_amounts_allocated') }}
    where amount_type = 'refund'
),

refunds as (
    select order_item_id, quantity as returned_quantity, refund_amount as refunds from returns
    where order_item_id is not null
    union all
    select order_item_id, 0 as returned_quantity, amount as refunds from allocated
),

by_line as (
    select
        order_item_id,
        sum(returned_quantity) as returned_quantity,
        sum(refunds) as refunds
    from refunds
    group by order_item_id
)

select * from by_line
