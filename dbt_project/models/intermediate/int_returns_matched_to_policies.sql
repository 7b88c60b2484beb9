with

returns as (
    select * from {{ ref('int_returns_valued') }}
),

policies as (
    select * from {{ ref('return_rules') }}
),

-- in force on the day of the order; a policy of the category beats the one for all
matched as (
    select
        returns.return_id,
        returns.ordered_on,
        returns.delivered_on,
        policies.policy_id,
        policies.window_days,
        policies.shipping_paid_by_seller_fault,
        policies.shipping_paid_by_customer_choice,
        policies.refund_days,
        {{ code('policies.condition_required') }} as condition_required
    from returns
    left join policies
        on lower(policies.category) in (returns.category, '*')
        and {{ is_in_force('returns.ordered_on', 'policies') }}
    qualify
        row_number() over (
            partition by returns.return_id order by case policies.category when '*' then 1 else 0 end
        ) = 1
)

select * from matched
