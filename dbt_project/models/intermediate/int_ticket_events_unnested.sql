-- depends_on: {{ ref('stg_helpdesk__ticket_events') }}
{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id', on_schema_change='fail') }}

with

things_done as (
    select * from {{ ref('int_ticket_things_done') }}
    {%- if is_incremental() %}
        where ticket_id in (
            select ticket_id from {{ ref('stg_helpdesk__ticket_events') }}
            where _loaded_at > (select coalesce(max(_loaded_at), timestamp '1900-01-01') from {{ this }})
        )
    {%- endif %}
),

tickets as (
    select ticket_id, opened_at from {{ ref('stg_helpdesk__tickets') }}
),

-- What was done within a ticket, in order: by time, then by the event's id as a number.
numbered as (
    select
        *,
        cast(dense_rank() over (
            partition by ticket_id order by occurred_at, length(event_id), event_id
        ) as integer) as event_number,
        cast(row_number() over (
            partition by event_id order by part_position, field, value, previous_value
        ) as integer) as part_number,
        -- The same thing, said again by a later event.
        rank() over (
            partition by
                ticket_id,
                occurred_at,
                coalesce(author_id, updater_id),
                field,
                case field when 'tags' then coalesce(value, concat('-', previous_value)) else value end,
                body
            order by length(event_id), event_id
        ) > 1 as is_repeated
    from things_done
),

followed as (
    select
        *,
        last_value(case when field = 'status' then value end ignore nulls) over (
            partition by ticket_id order by event_number, part_number rows between unbounded preceding and 1 preceding
        ) as status_before
    from numbered
),

judged as (
    select
        followed.event_id,
        followed.part_number,
        followed.ticket_id,
        followed.event_number,
        followed.updater_id,
        followed.occurred_at,
        followed.kind,
        followed.field,
        followed.value,
        followed.previous_value,
        followed.author_id,
        followed.is_public,
        followed.body,
        case
            when followed.is_repeated then 'repeated'
            when followed.occurred_at < tickets.opened_at then 'before opening'
            when followed.status_before = 'closed' then 'after closing'
        end as problem,
        followed._loaded_at
    from followed
    left join tickets on followed.ticket_id = tickets.ticket_id
)

select * from judged
