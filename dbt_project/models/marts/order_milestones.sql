with

steps as (
    select * from {{ ref('int_order_steps_compared') }}
),

milestones as (
    select
        order_id,
        customer_id,
        step,
        step_rank,
        occurred_at,
        responsible,
        responsible_id,
        since_step,
        minutes,
        business_minutes,
        usual_minutes,
        coalesce(is_slow, false) as is_slow,
        is_deadline,
        is_missing,
        is_awaited,
        should_follow is not null as is_out_of_order,
        case
            when is_missing then concat(step, ' without a time')
            when should_follow is not null then concat(step, ' before ', should_follow)
        end as problem
    from steps
)

select * from milestones
