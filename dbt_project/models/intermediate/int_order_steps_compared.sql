{% set worked = working_seconds_between('time_before', 'steps.since_at', 'time_then', 'steps.until_at') -%}

with

steps as (
    select * from {{ ref('int_order_steps_timed') }}
),

usual as (
    select * from {{ ref('int_order_step_times_usual') }}
),

working_time as (
    select * from {{ ref('int_business_time_accumulated') }}
),

compared as (
    select
        steps.order_id,
        steps.customer_id,
        steps.step,
        steps.step_rank,
        steps.is_deadline,
        steps.occurred_at,
        steps.responsible,
        steps.responsible_id,
        steps.since_step,
        steps.minutes,
        steps.is_missing,
        steps.is_awaited,
        steps.should_follow,
        cast({{ worked }} / 60.0 as decimal(18, 2)) as business_minutes,
        usual.usual_minutes,
        case
            when not steps.is_over_a_gap then steps.minutes > usual.usual_minutes
        end as is_slow
    from steps
    left join usual
        on
        steps.step = usual.step
        and steps.since_step = usual.since_step
        and coalesce(steps.responsible, '') = usual.responsible
        and coalesce(steps.responsible_id, '') = usual.responsible_id
    left join working_time as time_before on {{ is_at('time_before', "'default'", 'steps.since_at') }}
    left join working_time as time_then on {{ is_at('time_then', "'default'", 'steps.until_at') }}
)

select * from compared
