{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='event_id') }}

with

source as (
    {{ latest_versions(source('helpdesk', 'helpdesk_ticket_events'), 'id') | indent(4) }}
),

cleaned as (
    select
        id as event_id,
        ticket_id,
        {{ cleaned_text('updater_id') }} as updater_id,

        {{ code('event_type') }} as event_type,
        {{ ticket_things_done('child_events') | indent(8) }} as things_done,

        created_at as occurred_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
