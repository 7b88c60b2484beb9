with

returns as (
    select * from {{ ref('stg_shop__returns') }}
),

matched as (
    select * from {{ ref('int_returns_matched_to_orders') }} where rejected_reason is null
),

valued as (
    select * from {{ ref('int_returns_refunds_expected') }}
),

orders as (
    select * from {{ ref('orders') }}
),

items as (
    select * from {{ ref('order_items') }}
),

-- what had come back of the same line (of the whole order, where no line is named) by requests before this one
repeated as (
    select
        matched.return_id,
        case
            when returns.source_status = 'rejected' then null
            else sum(case when returns.source_status = 'rejected' then 0 else coalesce(matched.quantity, 1) end) over (
                partition by matched.order_id, matched.order_item_id
                order by returns.requested_at, matched.return_id
                rows between unbounded preceding and current row
            )
        end as quantity_so_far
    from matched
    inner join returns on matched.return_id = returns.return_id
),

found as (
    select
        matched.return_id,
        nullif(concat_ws(
            '; ',
            case
                when returns.order_item_id is not null and matched.order_item_id is null
                    then 'line is not of this order'
            end,
            case when not orders.is_sale then 'order is not a sale' end,
            case when returns.quantity <= 0 then 'quantity is not above zero' end,
            case when returns.quantity > items.quantity then 'more than was bought' end,
            case when repeated.quantity_so_far > coalesce(items.quantity, 1) then 'already returned' end,
            case when returns.requested_at < orders.ordered_at then 'asked for before it was ordered' end,
            case when returns.received_at < returns.requested_at then 'received before it was asked for' end,
            case when returns.refunded_at < returns.requested_at then 'refunded before it was asked for' end,
            case when returns.refunded_at < returns.received_at then 'refunded before it was received' end,
            case
                when returns.refunded_at is not null and returns.refund_amount is null then 'refunded without an amount'
            end,
            case when returns.refunded_at is null and returns.refund_amount <> 0 then 'refund without a date' end,
            case when returns.refund_amount < 0 then 'negative refund' end,
            case when returns.return_shipping_amount < 0 then 'negative shipping' end,
            case
                when returns.refund_amount > valued.amount_paid + valued.shipping_to_pay_back
                    then 'refund over the price'
            end
        ), '') as problem
    from matched
    inner join returns on matched.return_id = returns.return_id
    inner join valued on matched.return_id = valued.return_id
    inner join repeated on matched.return_id = repeated.return_id
    inner join orders on matched.order_id = orders.order_id
    left join items on matched.order_item_id = items.order_item_id
)

select * from found
