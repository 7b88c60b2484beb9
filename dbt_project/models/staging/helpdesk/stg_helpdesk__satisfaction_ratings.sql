with

source as (
    {{ latest_versions(source('helpdesk', 'helpdesk_satisfaction_ratings'), 'id') | indent(4) }}
),

cleaned as (
    select
        id as rating_id,
        ticket_id,
        {{ cleaned_text('requester_id') }} as requester_id,
        {{ cleaned_text('assignee_id') }} as assignee_id,
        {{ cleaned_text('group_id') }} as group_id,

        {{ code('score') }} as score,
        {{ code('reason') }} as reason,
        {{ cleaned_text('comment') }} is not null as has_comment,

        coalesce(created_at, updated_at) as offered_at,
        updated_at as rated_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
