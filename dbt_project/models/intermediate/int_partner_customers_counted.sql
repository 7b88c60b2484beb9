with

sales as (
    select * from {{ ref('int_partner_orders_judged') }}
    where is_sale and partner_id <> 'none' and customer_id is not null
),

firsts as (
    select
        partner_id,
        role,
        customer_id,
        min(ordered_at) as first_order_at
    from sales
    group by partner_id, role, customer_id
),

-- when the customer first bought through another partner in the same role
ranked as (
    select
        *,
        row_number() over same_role as place,
        first_value(first_order_at) over same_role as first_of_all_at,
        lead(first_order_at) over same_role as next_first_at
    from firsts
    window same_role as (partition by role, customer_id order by first_order_at, partner_id)
),

counted as (
    select
        partner_id,
        role,
        customer_id,
        first_order_at,
        case when place = 1 then next_first_at else first_of_all_at end as first_elsewhere_at,
        cast(count(*) over (partition by role, customer_id) - 1 as integer) as other_partner_count
    from ranked
)

select * from counted
