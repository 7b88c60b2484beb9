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
compared as (
    select
        *,
        case
            when days_after_delivery is not null then days_after_delivery <= window_days
            when days_after_order <= window_days then true
        end as is_in_time,
        is_seller_fault or condition_required is null or condition = condition_required as is_in_condition,
        days_after_delivery - window_days as days_over
    from counted
),

judged as (
    select
        return_id,
        policy_id,
        refund_days,
        case when policy_id is not null then is_in_time and is_in_condition end as is_within_policy,
        case when not is_in_time then days_over end as days_too_late,
        case
            when policy_id is null then 'no_policy'
            when not is_in_time and not is_in_condition then 'too_late_and_wrong_condition'
            when not is_in_time then 'too_late'
            when not is_in_condition then 'wrong_condition'
            when is_in_time is null then 'delivery_unknown'
            when is_in_condition is null then 'condition_unknown'
            else 'inside'
        end as policy_finding,
        case
            when policy_id is null then concat('no policy was in force on ', ordered_on)
            else nullif(concat_ws(
                ' and ',
                case
                    when not is_in_time
                        then concat('too late by ', days_over, case days_over when 1 then ' day' else ' days' end)
                end,
                case when not is_in_condition then concat(condition, ', not ', condition_required) end,
                case
                    when is_in_condition and is_in_time is null then 'nobody wrote down when it was delivered'
                    when is_in_time and is_in_condition is null then 'nobody wrote down its condition'
                    when is_in_time is null and is_in_condition is null
                        then 'neither delivery nor condition was written down'
                end
            ), '')
        end as policy_reason,
        case
            when is_seller_fault then shipping_paid_by_seller_fault else shipping_paid_by_customer_choice
        end as shipping_due_by
    from compared
)

select * from judged
