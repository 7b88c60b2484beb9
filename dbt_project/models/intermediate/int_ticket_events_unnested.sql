{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

with

ordered as (
    select * from {{ ref('int_ticket_events_ordered') }}
),

events as (
    select * from {{ ref('stg_helpdesk__ticket_events') }}
),

codes as (
    select * from {{ ref('ticket_codes') }}
),

unnested as (
    select
        ordered.*,
        events.updater_id,
        events.occurred_at,
        {{ numbered_rows_of('events.things_done', 'thing', 'part_number') }}
    from ordered
    inner join events on ordered.event_id = events.event_id
    {%- if is_incremental() %}
    where ordered.ticket_id in (select ticket_id from ordered where {{ is_new_to_this_model() }})
    {%- endif %}
),

-- The same, said again by a later event of the same moment; a field that was something else in between is no repetition.
repeated as (
    select
        event_id,
        part_number
    from unnested
    where is_simultaneous
    qualify rank() over (
        partition by
            ticket_id,
            occurred_at,
            coalesce(thing.author_id, updater_id),
            thing.field,
            thing.value,
            thing.body,
            case when thing.field = 'tags' then thing.previous_value end
        order by event_number
    ) > 1
    and (
        coalesce(thing.field, 'tags') = 'tags'
        or thing.value is not distinct from lag(thing.value) over (
            partition by ticket_id, occurred_at, thing.field order by event_number, part_number
        )
    )
),

done as (
    select
        unnested.event_id,
        cast(unnested.part_number as integer) as part_number,
        unnested.ticket_id,
        unnested.event_number,
        unnested.updater_id,
        unnested.occurred_at,
        case when unnested.thing.field is null then 'comment' else 'field' end as kind,
        unnested.thing.field,
        coalesce(codes.code, unnested.thing.value) as value,
        coalesce(codes_before.code, unnested.thing.previous_value) as previous_value,
        case
            when unnested.thing.field is null then coalesce(unnested.thing.author_id, unnested.updater_id)
        end as author_id,
        unnested.thing.is_public,
        unnested.thing.body,
        case when repeated.event_id is not null then 'repeated' else unnested.problem end as problem,
        unnested._loaded_at
    from unnested
    left join repeated on unnested.event_id = repeated.event_id and unnested.part_number = repeated.part_number
    left join codes on unnested.thing.field = codes.field and unnested.thing.value = codes.source_code
    left join codes as codes_before
        on unnested.thing.field = codes_before.field and unnested.thing.previous_value = codes_before.source_code
)

select * from done
