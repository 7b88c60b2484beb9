with

returns as (
    select
        *,
        cast(received_at as date) as received_on,
        cast(refunded_at as date) as refunded_on,
        coalesce(source_status = 'rejected', false) as is_rejected
    from {{ ref('stg_shop__returns') }}
),

valued as (
    select * from {{ ref('int_returns_valued') }}
),

judged as (
    select * from {{ ref('int_returns_judged') }}
),

-- the way back is paid back where it was the seller's to pay and the customer paid it
expected as (
    select
        valued.return_id,
        returns.refunded_on,
        returns.refund_amount,
        judged.is_within_policy,
        returns.is_rejected,
        cast(valued.amount_paid as decimal(18, 4)) as amount_paid,
        cast(
            case judged.is_within_policy when true then valued.amount_paid when false then 0 end as decimal(18, 4)
        ) as refund_expected,
        cast(case
            when
                judged.is_within_policy
                and judged.shipping_due_by = 'seller'
                and returns.return_shipping_paid_by in ('customer', 'buyer')
                and returns.return_shipping_amount > 0
                then returns.return_shipping_amount
            else 0
        end as decimal(18, 4)) as shipping_to_pay_back,
        case
            when judged.is_within_policy then {{ days_later('returns.received_on', 'judged.refund_days') }}
        end as refund_due_on
    from valued
    inner join judged on valued.return_id = judged.return_id
    inner join returns on valued.return_id = returns.return_id
),

compared as (
    select
        return_id,
        amount_paid,
        refund_expected,
        shipping_to_pay_back,
        cast(refund_expected + shipping_to_pay_back as decimal(18, 4)) as refund_due,
        cast(case
            when refunded_on is not null and is_within_policy then refund_amount - amount_paid
        end as decimal(18, 4)) as refund_difference,
        cast(case
            when refunded_on is not null and is_within_policy then refund_amount - amount_paid - shipping_to_pay_back
        end as decimal(18, 4)) as refund_due_difference,
        refund_due_on,
        coalesce(
            refunded_on is null and not is_rejected and refund_due_on < {{ as_of_date() }}, false
        ) as is_refund_overdue,
        case
            when is_rejected and refunded_on is null then null
            when coalesce(refunded_on, {{ as_of_date() }}) > refund_due_on
                then {{ days_between('refund_due_on', 'coalesce(refunded_on, ' ~ as_of_date() ~ ')') }}
            when refund_due_on is not null then 0
        end as days_overdue
    from expected
)

select * from compared
