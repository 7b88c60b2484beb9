with

source as (
    {{ latest_versions(source('helpdesk', 'helpdesk_users'), 'id') | indent(4) }}
),

cleaned as (
    select
        id as user_id,
        {{ cleaned_text('external_id') }} as external_id,
        {{ normalise_card('external_id') }} as external_card_number,
        {{ cleaned_text('default_group_id') }} as default_group_id,

        {{ code('role') }} as role,
        {{ code('role') }} in ('agent', 'admin') as is_staff,
        coalesce(active, true) and not coalesce(suspended, false) as is_active,
        {{ cleaned_text('name') }} as full_name,
        {{ cleaned_text('email') }} as email,
        {{ normalise_email('email') }} as email_normalised,
        {{ cleaned_text('phone') }} as phone,
        {{ normalise_phone('phone') }} as phone_normalised,

        created_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
