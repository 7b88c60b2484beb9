{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id',
    pre_hook="{{ forget_touched(ref('int_ticket_stretches')) }}"
) }}

{%- set kinds = kinds_of_waiting('status') %}

with

all_stretches as (
    select * from {{ ref('int_ticket_stretches') }}
),

stretches as (
    select * from all_stretches
    {%- if is_incremental() %}
        where ticket_id in (select ticket_id from all_stretches where {{ is_new_to_this_model() }})
    {%- endif %}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

business_time as (
    select * from {{ ref('int_business_time_accumulated') }}
),

resolutions as (
    select
        ticket_id,
        min(occurred_at) as first_resolved_at,
        max(occurred_at) as last_resolved_at
    from {{ ref('int_ticket_statuses_ordered') }}
    where is_resolution
    group by ticket_id
),

-- An open ticket goes on; one that is solved is looked at until it was solved for the last time.
pieces as (
    select
        stretches.*,
        resolutions.first_resolved_at,
        case
            when {{ is_open_status('tickets.status') }} then stretches.ended_at
            else greatest(stretches.began_at, least(
                coalesce(stretches.ended_at, resolutions.last_resolved_at), resolutions.last_resolved_at
            ))
        end as until_at
    from stretches
    inner join tickets on stretches.ticket_id = tickets.ticket_id
    left join resolutions on stretches.ticket_id = resolutions.ticket_id
    where
        {{ is_open_status('tickets.status') }}
        or stretches.began_at < resolutions.last_resolved_at
        or (stretches.stretch_number = 1 and resolutions.last_resolved_at is not null)
),

timed as (
    select
        pieces.*,
        {{ seconds_between('pieces.began_at', 'pieces.until_at') }} as seconds,
        {{ working_seconds_between('morning', 'pieces.began_at', 'evening', 'pieces.until_at') }} as working_seconds
    from pieces
    left join business_time as morning on {{ is_at('morning', 'pieces.schedule_id', 'pieces.began_at') }}
    left join business_time as evening on {{ is_at('evening', 'pieces.schedule_id', 'pieces.until_at') }}
),

accumulated as (
    select
        ticket_id,
        {%- for kind, holds in kinds.items() %}
            sum(case when {{ holds }} then coalesce(seconds, 0) else 0 end) as {{ kind }}_seconds,
            sum(case when {{ holds }} then coalesce(working_seconds, 0) else 0 end) as {{ kind }}_working_seconds,
        {%- endfor %}
        sum(case when began_at < first_resolved_at then coalesce(working_seconds, 0) else 0 end)
            as first_resolution_working_seconds,
        bool_or(until_at is not null and working_seconds is null) as is_schedule_missing,
        max(case when until_at is null then stretch_number end) as open_stretch_number,
        max(_loaded_at) as _loaded_at
    from timed
    group by ticket_id
)

select * from accumulated
