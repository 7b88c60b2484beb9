with

returns as (
    select
        *,
        cast(requested_at as date) as requested_on,
        cast(received_at as date) as received_on,
        cast(refunded_at as date) as refunded_on
    from {{ ref('stg_shop__returns') }}
),

valued as (
    select * from {{ ref('int_returns_valued') }}
),

judged as (
    select * from {{ ref('int_returns_judged') }}
),

measured as (
    select
        valued.return_id,
        valued.order_id,
        valued.order_item_id,
        valued.customer_id,
        valued.product_id,

        returns.source_status as status,
        returns.reason,
        returns.fault,
        returns.condition,
        judged.policy_id,
        judged.is_within_policy,
        cast(valued.quantity as decimal(18, 4)) as quantity,

        cast(valued.amount_paid as decimal(18, 4)) as amount_paid,
        returns.refund_amount,
        cast(
            case judged.is_within_policy when true then valued.amount_paid when false then 0 end as decimal(18, 4)
        ) as refund_expected,
        cast(case
            when returns.refunded_on is not null and judged.is_within_policy
                then returns.refund_amount - valued.amount_paid
        end as decimal(18, 4)) as refund_difference,
        returns.return_shipping_amount,
        returns.return_shipping_paid_by as shipping_paid_by,
        judged.shipping_due_by,

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
    from valued
    inner join judged on valued.return_id = judged.return_id
    inner join returns on valued.return_id = returns.return_id
)

select * from measured
