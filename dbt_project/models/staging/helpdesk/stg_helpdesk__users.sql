{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='user_id') }}

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
        coalesce(verified, false) as is_verified,
        {{ cleaned_text('name') }} as full_name,
        {{ cleaned_text('email') }} as email,
        {{ cleaned_text('phone') }} as phone,

        created_at,

        updated_at,
        _loaded_at
    from source
),

normalised as (
    select
        *,
        {{ normalise_record({
            'full_name': 'full_name',
            'email': 'email',
            'phone': 'phone',
            'known_on': '_loaded_at',
        }) }} as normalised,
        {{ normalised_with() }} as _normalised_with
    from cleaned
),

keyed as (
    select
        *,
        normalised.email_normalised,
        normalised.phone_normalised
    from normalised
)

select * from keyed
