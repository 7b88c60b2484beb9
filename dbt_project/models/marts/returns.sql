with

returns as (
    select
        *,
        cast(requested_at as date) as requested_on,
        cast(received_at as date) as received_on,
        cast(refunded_at as date) as refunded_on
    from {{ ref('stg_shop__returns') }}
),

judged as (
    select * from {{ ref('int_returns_judged') }}
),

measured as (
    select
        judged.return_id,
        judged.order_id,
        judged.order_item_id,
        judged.customer_id,
        judged.product_id,

        returns.source_status as status,
        returns.reason,
        returns.fault,
        returns.condition,
        judged.policy_id,
        judged.is_within_policy,
        cast(judged.quantity as decimal(18, 4)) as quantity,

        cast(judged.amount_paid as decimal(18, 4)) as amount_paid,
        returns.refund_amount,
        cast(
            case judged.is_within_policy when true then judged.amount_paid when false then 0 end as decimal(18, 4)
        ) as refund_expected,
        cast(case
            when returns.refunded_on is not null and judged.is_within_policy
                then returns.refund_amount - judged.amount_paid
        end as decimal(18, 4)) as refund_difference,
        returns.return_shipping_amount,
        returns.return_shipping_paid_by as shipping_paid_by,
        case
            when judged.is_seller_fault then judged.shipping_paid_by_seller_fault
            else judged.shipping_paid_by_customer_choice
        end as shipping_due_by,

        returns.requested_on,
        returns.received_on,
        returns.refunded_on,
        {{ days_between('coalesce(returns.received_on, returns.requested_on)', 'returns.refunded_on') }}
            as days_to_refund,
        coalesce(
            judged.is_within_policy
            and returns.refunded_on is null
            and returns.source_status <> 'rejected'
            and {{ days_between('returns.received_on', as_of_date()) }} > judged.refund_days,
            false
        ) as is_refund_overdue
    from judged
    inner join returns on judged.return_id = returns.return_id
)

select * from measured
