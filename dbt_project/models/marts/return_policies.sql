with

rules as (
    select * from {{ ref('return_rules') }}
),

returns as (
    select
        policy_id,
        cast(count(*) as integer) as return_count,
        cast(sum(case when not is_within_policy then 1 else 0 end) as integer) as outside_count,
        cast(sum(case when is_refund_overdue then 1 else 0 end) as integer) as overdue_count
    from {{ ref('returns') }}
    group by policy_id
),

policies as (
    select
        rules.policy_id,
        rules.category,
        rules.window_days,
        {{ code('rules.condition_required') }} as condition_required,
        rules.shipping_paid_by_seller_fault,
        rules.shipping_paid_by_customer_choice,
        rules.refund_days,
        rules.valid_from,
        rules.valid_to,
        {{ is_in_force(as_of_date(), 'rules') }} as is_in_force,
        coalesce(returns.return_count, 0) as return_count,
        coalesce(returns.outside_count, 0) as outside_count,
        coalesce(returns.overdue_count, 0) as overdue_count
    from rules
    left join returns on rules.policy_id = returns.policy_id
)

select * from policies
