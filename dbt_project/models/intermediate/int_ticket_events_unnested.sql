{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='event_id') }}

with

events as (
    select * from {{ ref('stg_helpdesk__ticket_events') }}
    {%- if is_incremental() %}
        where _loaded_at > (select coalesce(max(_loaded_at), timestamp '1900-01-01') from {{ this }})
    {%- endif %}
),

parts as (
    select
        event_id,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        {{ rows_of(json_maps('child_events')) }} as part
    from events
),

comments as (
    select
        event_id,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        'comment' as kind,
        cast(null as {{ dbt.type_string() }}) as field,
        cast(null as {{ dbt.type_string() }}) as value,
        cast(null as {{ dbt.type_string() }}) as previous_value,
        coalesce(part['author_id'], updater_id) as author_id,
        coalesce(part['public'], 'true') = 'true' as is_public
    from parts
    where lower(coalesce(part['event_type'], part['type'])) = 'comment'
),

changes as (
    select * from parts
    where lower(coalesce(part['event_type'], part['type'])) in ('create', 'change')
),

-- The field stands beside the part's own keys ({"status": "open", …}); a custom one may stand there by its id, or
-- one level down.
entries as (
    select *, {{ rows_of("map_entries(part)") }} as entry from changes
    union all
    select *, {{ rows_of("map_entries(" ~ json_map("part['custom_ticket_fields']") ~ ")") }} as entry
    from changes
    where part['custom_ticket_fields'] is not null
),

fields as (
    select
        event_id,
        ticket_id,
        updater_id,
        occurred_at,
        _loaded_at,
        'field' as kind,
        entry.key as field,
        {{ cleaned_text('entry.value') }} as value,
        {{ cleaned_text("part['previous_value']") }} as previous_value,
        cast(null as {{ dbt.type_string() }}) as author_id,
        cast(null as boolean) as is_public
    from entries
    where entry.key in ('status', 'priority', 'assignee_id', 'group_id') or {{ matches('entry.key', '^[0-9]+$') }}
),

things_done as (
    select * from comments
    union all
    select * from fields
)

select * from things_done
