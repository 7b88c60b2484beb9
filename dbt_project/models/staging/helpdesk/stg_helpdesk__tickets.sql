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

        {{ code('status') }} as status,
        {{ code('priority') }} as priority,
        {{ code('type') }} as ticket_type,
        {{ code(json_map('via') ~ "['channel']") }} as channel,
        {{ cleaned_text('subject') }} as subject,
        custom_fields,

        created_at as opened_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
