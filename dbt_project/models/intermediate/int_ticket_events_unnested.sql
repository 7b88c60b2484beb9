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

things as (
    select
        *,
        thing.field,
        thing.value,
        thing.previous_value,
        thing.author_id,
        thing.is_public,
        thing.body
    from unnested
),

-- The same, said again by a later event of the same moment; a field that was something else in between is none.
repeated as (
    select
        event_id,
        part_number
    from things
    where is_simultaneous
    qualify rank() over (
        partition by
            ticket_id,
            occurred_at,
            coalesce(author_id, updater_id),
            field,
            value,
            body,
            case when field = 'tags' then previous_value end
        order by event_number
    ) > 1
    and (
        coalesce(field, 'tags') = 'tags'
        or value is not distinct from lag(value) over (
            partition by ticket_id, occurred_at, field order by event_number, part_number
        )
    )
),

done as (
    select
        things.event_id,
        cast(things.part_number as integer) as part_number,
        things.ticket_id,
        things.event_number,
        things.updater_id,
        things.occurred_at,
        case when things.field is null then 'comment' else 'field' end as kind,
        things.field,
        coalesce(codes.code, things.value) as value,
        coalesce(codes_before.code, things.previous_value) as previous_value,
        case
            when things.field is null then coalesce(things.author_id, things.updater_id)
        end as author_id,
        things.is_public,
        things.body,
        case when repeated.event_id is not null then 'repeated' else things.problem end as problem,
        things._loaded_at
    from things
    left join repeated on things.event_id = repeated.event_id and things.part_number = repeated.part_number
    left join codes on things.field = codes.field and things.value = codes.source_code
    left join codes as codes_before
        on things.field = codes_before.field and things.previous_value = codes_before.source_code
)

select * from done
