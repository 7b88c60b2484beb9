{% set usual = 'percentile_cont(0.9) within group (order by minutes)' -%}

with

-- what took place; a step behind one without a time took the time of two
completed as (
    select * from {{ ref('int_order_steps_timed') }}
    where minutes is not null and not is_awaited and not is_over_a_gap and occurred_at < {{ as_of_end() }}
),

by_whom as (
    select
        step,
        since_step,
        responsible,
        responsible_id,
        {{ usual }} as usual_minutes
    from completed
    group by step, since_step, responsible, responsible_id
    having count(*) >= 20
),

by_anybody as (
    select
        step,
        since_step,
        responsible,
        {{ usual }} as usual_minutes
    from completed
    group by step, since_step, responsible
    having count(*) >= 20
),

who_does_it as (
    select distinct
        step,
        since_step,
        responsible,
        responsible_id
    from {{ ref('int_order_steps_timed') }}
    where since_step is not null
),

chosen as (
    select
        who_does_it.step,
        who_does_it.since_step,
        coalesce(who_does_it.responsible, '') as responsible,
        coalesce(who_does_it.responsible_id, '') as responsible_id,
        cast(coalesce(by_whom.usual_minutes, by_anybody.usual_minutes) as decimal(18, 2)) as usual_minutes
    from who_does_it
    left join by_whom
        on
        who_does_it.step = by_whom.step
        and who_does_it.since_step = by_whom.since_step
        and coalesce(who_does_it.responsible, '') = coalesce(by_whom.responsible, '')
        and coalesce(who_does_it.responsible_id, '') = coalesce(by_whom.responsible_id, '')
    left join by_anybody
        on
        who_does_it.step = by_anybody.step
        and who_does_it.since_step = by_anybody.since_step
        and coalesce(who_does_it.responsible, '') = coalesce(by_anybody.responsible, '')
)

select * from chosen
