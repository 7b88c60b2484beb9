with

orders as (
    select * from {{ ref('int_service_orders_judged') }}
),

rules as (
    select * from {{ ref('int_comparison_rules_in_force') }}
),

counted as (
    select
        branch,
        department,
        sold_by,
        month,
        cast(count(distinct salesperson_id) as integer) as salesperson_count,
        cast(count(*) as integer) as order_count,
        cast(sum(case when is_sale then 1 else 0 end) as integer) as sale_count,
        cast(sum(net_sales) as decimal(18, 4)) as net_sales,
        cast(sum(margin) as decimal(18, 4)) as margin,
        cast(count(distinct case when is_sale then customer_id end) as integer) as customer_count,
        cast(count(distinct case when is_sale and is_repeat then customer_id end) as integer) as repeat_customer_count,
        cast(count(on_time) as integer) as due_delivery_count,
        cast(count(on_time) - coalesce(sum(on_time), 0) as integer) as late_delivery_count,
        cast(sum(return_count) as integer) as return_count,
        cast(sum(case when is_sale and return_count > 0 then 1 else 0 end) as integer) as returned_sale_count,
        cast(sum(ticket_count) as integer) as ticket_count,
        cast(sum(case when is_sale and ticket_count > 0 then 1 else 0 end) as integer) as ticket_sale_count,
        cast(sum(complaint_count) as integer) as complaint_count,
        cast(sum(case when is_sale and complaint_count > 0 then 1 else 0 end) as integer) as complaint_sale_count,
        cast(sum(answer_count) as integer) as answer_count,
        cast(sum(satisfied_count) as integer) as satisfied_count
    from orders
    group by branch, department, sold_by, month
),

rated as (
    select
        counted.*,
        counted.sale_count < rules.small_sample_below as is_small_sample,
        {{ rate_with_bounds('repeat_customer_count', 'customer_count', 'repeat_customer_rate') }},
        {{ rate_with_bounds('late_delivery_count', 'due_delivery_count', 'late_rate') }},
        {{ rate_with_bounds('returned_sale_count', 'sale_count', 'return_rate') }},
        {{ rate_with_bounds('ticket_sale_count', 'sale_count', 'ticket_rate') }},
        {{ rate_with_bounds('complaint_sale_count', 'sale_count', 'complaint_rate') }},
        {{ rate_with_bounds('satisfied_count', 'answer_count', 'satisfied_rate') }}
    from counted
    cross join rules
)

select * from rated
