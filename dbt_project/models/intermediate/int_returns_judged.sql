with

matched as (
    select * from {{ ref('int_returns_matched_to_policies') }}
),

returns as (
    select
        return_id,
        condition,
        cast(requested_at as date) as requested_on,
        coalesce(fault not in ('customer', 'buyer'), false) as is_seller_fault
    from {{ ref('stg_shop__returns') }}
),

counted as (
    select
        matched.*,
        returns.condition,
        returns.is_seller_fault,
        {{ days_between('matched.ordered_on', 'returns.requested_on') }} as days_after_order,
        {{ days_between('matched.delivered_on', 'returns.requested_on') }} as days_after_delivery
    from matched
    inner join returns on matched.return_id = returns.return_id
),

-- null is "cannot be known": nobody wrote down when it was delivered, or in what condition it came back
judged as (
    select
        return_id,
        policy_id,
        refund_days,
        case
            when policy_id is null then null
            when days_after_delivery is not null then days_after_delivery <= window_days
            when days_after_order <= window_days then true
        end
        and (is_seller_fault or condition_required is null or condition = condition_required) as is_within_policy,
        case
            when is_seller_fault then shipping_paid_by_seller_fault else shipping_paid_by_customer_choice
        end as shipping_due_by
    from counted
)

select * from judged
