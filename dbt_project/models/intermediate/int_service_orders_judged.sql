with

orders as (
    select * from {{ ref('orders') }}
),

salespeople as (
    select * from {{ ref('stg_shop__salespeople') }}
),

deliveries as (
    select
        order_id,
        case
            when outcome = 'on_time' then 1
            when outcome in ('late', 'undelivered_late') then 0
        end as on_time
    from {{ ref('deliveries') }}
),

returned as (
    select order_id, count(*) as return_count from {{ ref('returns') }} group by order_id
),

asked as (
    select order_id, count(*) as ticket_count from {{ ref('tickets') }} group by order_id
),

complained as (
    select order_id, count(*) as complaint_count from {{ ref('complaints') }} group by order_id
),

answered as (
    select
        order_id,
        count(*) as answer_count,
        sum(case when outcome in ('satisfied', 'delighted') then 1 else 0 end) as satisfied_count
    from {{ ref('int_service_answers_matched') }}
    group by order_id
),

firsts as (
    select customer_id, min(ordered_at) as first_sale_at from orders where is_sale group by customer_id
),

judged as (
    select
        orders.order_id,
        case
            when orders.salesperson_id is null then 'nobody'
            when salespeople.salesperson_id is null then 'unknown salesperson'
            else 'salesperson'
        end as sold_by,
        coalesce(salespeople.branch, 'none') as branch,
        coalesce(salespeople.department, 'none') as department,
        orders.salesperson_id,
        orders.customer_id,
        cast({{ dbt.date_trunc('month', 'orders.ordered_at') }} as date) as month,
        orders.is_sale,
        orders.net_sales,
        orders.margin,
        orders.ordered_at > firsts.first_sale_at as is_repeat,
        case when orders.is_sale then deliveries.on_time end as on_time,
        coalesce(returned.return_count, 0) as return_count,
        coalesce(asked.ticket_count, 0) as ticket_count,
        coalesce(complained.complaint_count, 0) as complaint_count,
        coalesce(answered.answer_count, 0) as answer_count,
        coalesce(answered.satisfied_count, 0) as satisfied_count
    from orders
    left join salespeople on orders.salesperson_id = salespeople.salesperson_id
    left join firsts on orders.customer_id = firsts.customer_id
    left join deliveries on orders.order_id = deliveries.order_id
    left join returned on orders.order_id = returned.order_id
    left join asked on orders.order_id = asked.order_id
    left join complained on orders.order_id = complained.order_id
    left join answered on orders.order_id = answered.order_id
)

select * from judged
