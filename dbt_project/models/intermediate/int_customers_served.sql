with

orders as (
    select * from {{ ref('orders') }}
),

buyers as (
    select * from {{ ref('int_orders_identified') }}
),

salespeople as (
    select * from {{ ref('stg_shop__salespeople') }}
),

tickets as (
    select * from {{ ref('int_tickets_identified') }}
    where customer_id is not null
),

assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

-- also the orders that nobody sold: they tell whether an account was used before
placed as (
    select
        orders.order_id,
        orders.customer_id,
        orders.salesperson_id,
        orders.ordered_at as served_at,
        buyers.record_key,
        row_number() over (
            partition by buyers.record_key order by orders.ordered_at, orders.order_id
        ) = 1 as is_first_use
    from orders
    inner join buyers on orders.order_id = buyers.order_id
),

sold as (
    select
        placed.*,
        salespeople.branch,
        salespeople.department
    from placed
    left join salespeople on placed.salesperson_id = salespeople.salesperson_id
    where placed.salesperson_id is not null
),

assigned as (
    select
        tickets.customer_id,
        assignments.holder_type as owner_type,
        assignments.holder_id as owner_id,
        assignments.occurred_at as served_at
    from assignments
    inner join tickets on assignments.ticket_id = tickets.ticket_id
),

-- of a ticket: who holds it, and everyone who held it before
on_tickets as (
    select customer_id, 'agent' as owner_type, agent_id as owner_id, opened_at as served_at from tickets
    union all
    select customer_id, 'group' as owner_type, group_id as owner_id, opened_at as served_at from tickets
    union all
    select customer_id, owner_type, owner_id, served_at from assigned
),

served as (
    select customer_id, 'salesperson' as owner_type, salesperson_id as owner_id, served_at, record_key, is_first_use
    from sold
    union all
    select customer_id, 'branch' as owner_type, branch as owner_id, served_at, record_key, is_first_use from sold
    union all
    select customer_id, 'department' as owner_type, department as owner_id, served_at, record_key, is_first_use
    from sold
    union all
    select customer_id, owner_type, owner_id, served_at, null as record_key, false as is_first_use from on_tickets
)

select * from served where owner_id is not null
