-- A row here is a sale whose refunds in `orders` are not those of its returns in `returns`. Likely cause: a return that
-- counts in one mart and not in the other.
with

refunded as (
    select
        order_id,
        sum(refund_amount) as refunds
    from {{ ref('returns') }}
    where refunded_on is not null
    group by order_id
)

select
    orders.order_id,
    orders.refunds,
    refunded.refunds as refunds_of_returns
from {{ ref('orders') }} as orders
left join refunded on orders.order_id = refunded.order_id
where orders.is_sale and orders.refunds <> coalesce(refunded.refunds, 0)
