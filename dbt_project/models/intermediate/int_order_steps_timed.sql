{{ config(materialized='table') }}

with

steps as (
    select
        *,
        coalesce(occurred_at, {{ as_of_end() }}) as until_at
    from {{ ref('int_order_steps_listed') }}
),

earlier_steps as (
    select
        order_id,
        step,
        step_rank,
        occurred_at
    from steps
    where not is_deadline
),

-- A step counts from the nearest before it in the usual order that has happened by then: goods on account are shipped
-- before they are paid. Of a promised day only the day is compared.
compared as (
    select
        steps.order_id,
        steps.step,
        max(case when earlier.occurred_at <= steps.until_at then earlier.step_rank end) as since_rank,
        max_by(
            earlier.step, case when earlier.occurred_at <= steps.until_at then earlier.step_rank end
        ) as since_step,
        max_by(
            earlier.occurred_at, case when earlier.occurred_at <= steps.until_at then earlier.step_rank end
        ) as since_at,
        max(case when earlier.occurred_at is null then earlier.step_rank end) as missing_rank,
        max(case when earlier.occurred_at > steps.until_at then earlier.step_rank end) as later_rank,
        max_by(earlier.step, case
            when steps.occurred_at is null then null
            when not {{ is_listed('earlier.step', "coalesce(steps.comes_after, '')") }} then null
            when steps.is_deadline and cast(earlier.occurred_at as date) <= cast(steps.occurred_at as date) then null
            when earlier.occurred_at > steps.occurred_at then earlier.step_rank
        end) as should_follow
    from steps
    inner join earlier_steps as earlier
        on steps.order_id = earlier.order_id and steps.step_rank > earlier.step_rank
    group by steps.order_id, steps.step
),

timed as (
    select
        steps.order_id,
        steps.customer_id,
        steps.step,
        steps.step_rank,
        steps.is_deadline,
        steps.occurred_at,
        steps.responsible,
        steps.responsible_id,
        steps.is_missing,
        steps.is_awaited,
        compared.should_follow,
        case when not steps.is_deadline and not steps.is_missing then compared.since_step end as since_step,
        case when not steps.is_deadline and not steps.is_missing then compared.since_at end as since_at,
        steps.until_at,
        coalesce(
            compared.missing_rank > compared.since_rank
            or (compared.should_follow is not null and compared.later_rank > compared.since_rank), false
        ) as is_over_a_gap
    from steps
    left join compared on steps.order_id = compared.order_id and steps.step = compared.step
),

measured as (
    select
        *,
        cast({{ seconds_between('since_at', 'until_at') }} / 60.0 as decimal(18, 2)) as minutes
    from timed
)

select * from measured
