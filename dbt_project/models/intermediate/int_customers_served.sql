with

orders as (
    select * from {{ ref('orders') }}
    where salesperson_id is not null
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

sold as (
    select
        orders.customer_id,
        orders.salesperson_id,
        salespeople.branch,
        salespeople.department,
        orders.ordered_at as served_at
    from orders
    left join salespeople on orders.salesperson_id = salespeople.salesperson_id
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
served as (
    select customer_id, 'salesperson' as owner_type, salesperson_id as owner_id, served_at from sold
    union all
    select customer_id, 'branch' as owner_type, branch as owner_id, served_at from sold
    union all
    select customer_id, 'department' as owner_type, department as owner_id, served_at from sold
    union all
    select customer_id, 'agent' as owner_type, agent_id as owner_id, opened_at as served_at from tickets
    union all
    select customer_id, 'group' as owner_type, group_id as owner_id, opened_at as served_at from tickets
    union all
    select customer_id, owner_type, owner_id, served_at from assigned
)

select * from served where owner_id is not null
