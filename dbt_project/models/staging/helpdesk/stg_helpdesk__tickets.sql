{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id') }}

with

source as (
    {{ latest_versions(source('helpdesk', 'helpdesk_tickets'), 'id') | indent(4) }}
),

cleaned as (
    select
        id as ticket_id,
        {{ cleaned_text('requester_id') }} as requester_id,
        {{ cleaned_text('submitter_id') }} as submitter_id,
        {{ cleaned_text('assignee_id') }} as assignee_id,
        {{ cleaned_text('group_id') }} as group_id,

        {{ code('status') }} as source_status,
        {{ code('priority') }} as source_priority,
        {{ code('type') }} as ticket_type,
        {{ code(json_map('via') ~ "['channel']") }} as channel,
        {{ cleaned_text('subject') }} as subject,
        tags,
        custom_fields,
        metric_set,

        created_at as opened_at,

        updated_at,
        _loaded_at
    from source
),

codes as (
    select * from {{ ref('ticket_codes') }}
),

-- A helpdesk's own words for a status or a priority, in ours.
coded as (
    select
        cleaned.ticket_id,
        cleaned.requester_id,
        cleaned.submitter_id,
        cleaned.assignee_id,
        cleaned.group_id,

        coalesce(statuses.code, cleaned.source_status) as status,
        coalesce(priorities.code, cleaned.source_priority) as priority,
        cleaned.ticket_type,
        cleaned.channel,
        cleaned.subject,
        cleaned.tags,
        cleaned.custom_fields,
        cleaned.metric_set,
        cleaned.opened_at,
        cleaned.updated_at,
        cleaned._loaded_at
    from cleaned
    left join codes as statuses on statuses.field = 'status' and cleaned.source_status = statuses.source_code
    left join codes as priorities on priorities.field = 'priority' and cleaned.source_priority = priorities.source_code
)

select * from coded
