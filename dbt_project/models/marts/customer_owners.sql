with

served as (
    select * from {{ ref('int_customers_served') }}
    where served_at < {{ as_of_end() }}
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
