{%- set kinds = kinds_of_waiting('timed.status') %}

with

accumulated as (
    select * from {{ ref('int_ticket_waiting_accumulated') }}
),

stretches as (
    select * from {{ ref('int_ticket_stretches') }} where ended_at is null
),

business_time as (
    select * from {{ ref('int_business_time_accumulated') }}
),

-- An open ticket at the end of the as-of day: the only thing that changes while nothing happens.
running as (
    select
        stretches.ticket_id,
        stretches.status,
        stretches.schedule_id,
        stretches.began_at,
        greatest(stretches.began_at, {{ as_of_end() }}) as until_at
    from accumulated
    inner join stretches
        on
        accumulated.ticket_id = stretches.ticket_id
        and accumulated.open_stretch_number = stretches.stretch_number
),

timed as (
    select
        running.ticket_id,
        running.status,
        {{ seconds_between('running.began_at', 'running.until_at') }} as seconds,
        {{ working_seconds_between('morning', 'running.began_at', 'evening', 'running.until_at') }} as working_seconds
    from running
    left join business_time as morning on {{ is_at('morning', 'running.schedule_id', 'running.began_at') }}
    left join business_time as evening on {{ is_at('evening', 'running.schedule_id', 'running.until_at') }}
),

summed as (
    select
        accumulated.ticket_id,
        {%- for kind, holds in kinds.items() %}
            accumulated.{{ kind }}_seconds + case when {{ holds }} then timed.seconds else 0 end as {{ kind }}_seconds,
            accumulated.{{ kind }}_working_seconds
            + case when {{ holds }} then coalesce(timed.working_seconds, 0) else 0 end as {{ kind }}_working_seconds,
        {%- endfor %}
        accumulated.is_schedule_missing
        or (timed.ticket_id is not null and timed.working_seconds is null) as is_schedule_missing
    from accumulated
    left join timed on accumulated.ticket_id = timed.ticket_id
),

measured as (
    select
        ticket_id,
        {%- for kind in kinds %}
            {{ minutes(kind ~ '_seconds') }} as {{ kind }}_minutes,
            case
                when not is_schedule_missing then {{ minutes(kind ~ '_working_seconds') }}
            end as {{ kind }}_business_minutes,
        {%- endfor %}
        is_schedule_missing
    from summed
)

select * from measured
