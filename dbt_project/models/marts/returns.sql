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

expected as (
    select * from {{ ref('int_returns_refunds_expected') }}
),

problems as (
    select * from {{ ref('int_return_problems_found') }}
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
        judged.policy_finding,
        judged.policy_reason,
        cast(judged.days_too_late as integer) as days_too_late,
        cast(valued.quantity as decimal(18, 4)) as quantity,

        expected.amount_paid,
        returns.refund_amount,
        expected.refund_expected,
        expected.refund_difference,
        returns.return_shipping_amount,
        returns.return_shipping_paid_by as shipping_paid_by,
        judged.shipping_due_by,
        expected.shipping_to_pay_back,
        expected.refund_due,
        expected.refund_due_difference,

        returns.requested_on,
        returns.received_on,
        returns.refunded_on,
        {{ days_between('coalesce(returns.received_on, returns.requested_on)', 'returns.refunded_on') }}
            as days_to_refund,
        expected.refund_due_on,
        expected.is_refund_overdue,
        expected.days_overdue,
        problems.problem
    from valued
    inner join judged on valued.return_id = judged.return_id
    inner join expected on valued.return_id = expected.return_id
    inner join problems on valued.return_id = problems.return_id
    inner join returns on valued.return_id = returns.return_id
)

select * from measured
