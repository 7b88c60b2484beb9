with

customers as (
    select * from {{ ref('int_source_records_aggregated_to_customers') }}
),

orders as (
    select * from {{ ref('int_orders_aggregated_to_customers') }}
),

stages as (
    select * from {{ ref('lifecycle_stages') }}
    where {{ is_in_force(as_of_date()) }}
),

measured as (
    select
        customers.customer_id,
        coalesce(orders.order_count, 0) as order_count,
        {{ dbt.datediff('orders.last_order_at', as_of_date(), 'day') }}
            as days_since_last_order
    from customers
    left join orders on customers.customer_id = orders.customer_id
),

-- the first stage whose conditions all hold
staged as (
    select
        measured.customer_id,
        stages.lifecycle_stage
    from measured
    inner join stages
        on measured.order_count >= stages.order_count_from
        and measured.order_count <= coalesce(stages.order_count_to, measured.order_count)
        and (
            stages.days_since_last_order_to is null
            or measured.days_since_last_order <= stages.days_since_last_order_to
        )
    qualify row_number() over (partition by measured.customer_id order by stages.stage_rank) = 1
)

select * from staged
