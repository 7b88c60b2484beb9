with

returns as (
    select * from {{ ref('stg_shop__returns') }}
),

matched as (
    select * from {{ ref('int_returns_matched_to_orders') }} where rejected_reason is null
),

orders as (
    select * from {{ ref('orders') }}
),

items as (
    select * from {{ ref('order_items') }}
),

products as (
    select * from {{ ref('stg_shop__products') }}
),

policies as (
    select * from {{ ref('return_policies') }}
),

-- What was paid: for the line as far as it came back, or for the whole order where the return names no line.
returned as (
    select
        matched.return_id,
        matched.order_id,
        matched.order_item_id,
        orders.customer_id,
        items.product_id,
        matched.quantity,
        cast(orders.ordered_at as date) as ordered_on,
        cast(orders.delivered_at as date) as delivered_on,
        lower(products.category) as category,
        cast(round(
            coalesce(
                cast(items.gross_sales - items.discount as double)
                * cast(matched.quantity as double) / nullif(cast(items.quantity as double), 0),
                cast(orders.gross_sales - orders.discount as double)
            ) + 0.000000001, 2
        ) as decimal(18, 4)) as amount_paid
    from matched
    inner join orders on matched.order_id = orders.order_id
    left join items on matched.order_item_id = items.order_item_id
    left join products on items.product_id = products.product_id
),

-- In force on the day of the order; a policy of the category beats the one for all.
with_policy as (
    select
        returned.*,
        policies.policy_id,
        policies.window_days,
        policies.shipping_paid_by_seller_fault,
        policies.shipping_paid_by_customer_choice,
        policies.refund_days,
        {{ code('policies.condition_required') }} as condition_required
    from returned
    left join policies
        on
        lower(policies.category) in (returned.category, '*')
        and returned.ordered_on >= policies.valid_from
        and (policies.valid_to is null or returned.ordered_on < policies.valid_to)
    qualify
        row_number() over (
            partition by returned.return_id order by case policies.category when '*' then 1 else 0 end
        ) = 1
),

described as (
    select
        with_policy.*,
        returns.reason,
        returns.fault,
        returns.condition,
        returns.source_status as status,
        returns.refund_amount,
        returns.return_shipping_amount,
        returns.return_shipping_paid_by as shipping_paid_by,
        cast(returns.requested_at as date) as requested_on,
        cast(returns.received_at as date) as received_on,
        cast(returns.refunded_at as date) as refunded_on,
        coalesce(returns.fault not in ('customer', 'buyer'), false) as is_seller_fault
    from with_policy
    inner join returns on with_policy.return_id = returns.return_id
),

counted as (
    select
        *,
        {{ days_between('ordered_on', 'requested_on') }} as days_after_order,
        {{ days_between('delivered_on', 'requested_on') }} as days_after_delivery,
        {{ days_between('received_on', as_of_date()) }} as days_since_received,
        coalesce(received_on, requested_on) as refund_counts_from
    from described
),

-- Null is "cannot be known": nobody wrote down when it was delivered, or in what condition it came back.
judged as (
    select
        *,
        case
            when policy_id is null then null
            when days_after_delivery is not null then days_after_delivery <= window_days
            when days_after_order <= window_days then true
        end
        and (is_seller_fault or condition_required is null or condition = condition_required) as is_within_policy
    from counted
),

measured as (
    select
        return_id,
        order_id,
        order_item_id,
        customer_id,
        product_id,

        status,
        reason,
        fault,
        condition,
        policy_id,
        is_within_policy,
        cast(quantity as decimal(18, 4)) as quantity,

        amount_paid,
        refund_amount,
        cast(
            case is_within_policy when true then amount_paid when false then 0 end as decimal(18, 4)
        ) as refund_expected,
        cast(
            case when refunded_on is not null and is_within_policy then refund_amount - amount_paid end
            as decimal(18, 4)
        ) as refund_difference,
        return_shipping_amount,
        shipping_paid_by,
        case
            when is_seller_fault then shipping_paid_by_seller_fault else shipping_paid_by_customer_choice
        end as shipping_due_by,

        requested_on,
        received_on,
        refunded_on,
        {{ days_between('refund_counts_from', 'refunded_on') }} as days_to_refund,
        coalesce(
            is_within_policy
            and refunded_on is null
            and status <> 'rejected'
            and days_since_received > refund_days,
            false
        ) as is_refund_overdue
    from judged
)

select * from measured
