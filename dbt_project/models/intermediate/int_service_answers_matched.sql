with

answers as (
    select * from {{ ref('satisfaction') }} where outcome is not null
),

orders as (
    select order_id, customer_id, ordered_at, is_sale from {{ ref('orders') }}
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

named as (
    select answers.answer_id, answers.outcome, orders.order_id
    from answers
    inner join orders on answers.order_id = orders.order_id
),

-- What names no order is about the customer's last purchase, if that is not long ago.
remembered as (
    select answers.answer_id, answers.outcome, orders.order_id
    from answers
    cross join rules
    inner join orders
        on
        answers.customer_id = orders.customer_id
        and orders.is_sale
        and orders.ordered_at <= answers.occurred_at
        and {{ dbt.dateadd('day', 'rules.answered_within_days', 'orders.ordered_at') }} >= answers.occurred_at
    where answers.order_id is null
    qualify row_number() over (
        partition by answers.answer_id order by orders.ordered_at desc, orders.order_id desc
    ) = 1
),

matched as (
    select * from named
    union all
    select * from remembered
)

select * from matched
