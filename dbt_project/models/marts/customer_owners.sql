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

-- who holds a ticket, and everyone who held it before
answered as (
    select customer_id, 'agent' as owner_type, agent_id as owner_id, opened_at as served_at from tickets
    where agent_id is not null
    union all
    select customer_id, 'group' as owner_type, group_id as owner_id, opened_at as served_at from tickets
    where group_id is not null
    union all
    select
        tickets.customer_id,
        assignments.holder_type as owner_type,
        assignments.holder_id as owner_id,
        assignments.occurred_at as served_at
    from assignments
    inner join tickets on assignments.ticket_id = tickets.ticket_id
),

served as (
    select customer_id, 'salesperson' as owner_type, salesperson_id as owner_id, served_at from sold
    union all
    select customer_id, 'branch' as owner_type, branch as owner_id, served_at from sold
    where branch is not null
    union all
    select customer_id, 'department' as owner_type, department as owner_id, served_at from sold
    where department is not null
    union all
    select customer_id, owner_type, owner_id, served_at from answered
),

owners as (
    select
        customer_id,
        owner_id,
        owner_type,
        min(served_at) as first_at,
        max(served_at) as last_at,
        count(*) as served_count,
        max(served_at) >= {{ dbt.dateadd('day', -1 * var('owner_current_days'), as_of_end()) }} as is_current
    from served
    where served_at < {{ as_of_end() }}
    group by customer_id, owner_id, owner_type
),

salespeople_now as (
    select
        customer_id,
        count(*) as salesperson_count
    from owners
    where owner_type = 'salesperson' and is_current
    group by customer_id
),

judged as (
    select
        owners.customer_id,
        owners.owner_id,
        owners.owner_type,
        owners.served_count,
        owners.first_at,
        owners.last_at,
        owners.is_current,
        owners.owner_type = 'salesperson'
        and owners.is_current
        and coalesce(salespeople_now.salesperson_count, 0) > 1 as is_conflict
    from owners
    left join salespeople_now on owners.customer_id = salespeople_now.customer_id
)

select * from judged
