with

deliveries as (
    select
        order_id,
        until_on,
        coalesce(delivered_at, {{ dbt.dateadd('second', -1, as_of_end()) }}) as until_at
    from {{ ref('int_deliveries_listed') }}
    where outcome in ('late', 'undelivered_late', 'pending')
),

steps as (
    select * from {{ ref('order_milestones') }}
),

-- What a step took beyond its usual time delayed the parcel if it had come on an earlier day without it; a minute of
-- hesitation before paying did not.
counted as (
    select
        deliveries.order_id,
        steps.step,
        steps.is_missing or steps.is_out_of_order as has_gap,
        case
            when
                steps.is_slow
                and cast({{ dbt.dateadd(
                    'minute', 'cast(steps.usual_minutes - steps.minutes as integer)', 'deliveries.until_at'
                ) }} as date) < deliveries.until_on
                then steps.minutes - steps.usual_minutes
        end as minutes_over
    from deliveries
    inner join steps on deliveries.order_id = steps.order_id
),

-- where no step was slow it was promised too early, unless a step that nobody wrote down could have been slow
delayed as (
    select
        order_id,
        coalesce(
            max_by(step, minutes_over), case when max(case when has_gap then 1 else 0 end) = 0 then 'promised' end
        ) as delayed_step
    from counted
    group by order_id
),

named as (
    select
        delayed.order_id,
        delayed.delayed_step,
        steps.responsible as delayed_by,
        steps.responsible_id as delayed_by_id
    from delayed
    left join steps on delayed.order_id = steps.order_id and delayed.delayed_step = steps.step
)

select * from named
