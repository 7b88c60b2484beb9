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
        count(*) as served_count,
        min(served_at) as first_at,
        max(served_at) as last_at,
        max(served_at) >= {{ dbt.dateadd('day', -1 * var('owner_current_days'), as_of_end()) }} as is_current
    from served
    group by customer_id, owner_id, owner_type
)

select * from owners
