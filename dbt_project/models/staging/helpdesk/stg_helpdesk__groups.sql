with

source as (
    {{ latest_versions(source('helpdesk', 'helpdesk_groups'), 'id') | indent(4) }}
),

cleaned as (
    select
        id as group_id,

        {{ cleaned_text('name') }} as group_name,
        coalesce(deleted, false) as is_deleted,

        created_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
