{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='member_id') }}

with

source as (
    {{ latest_versions(source('membership', 'members'), 'member_id') | indent(4) }}
),

cleaned as (
    select
        member_id,
        {{ normalise_card('card_number') }} as card_number,
        {{ cleaned_text('referred_by') }} as referred_by_member_id,

        {{ cleaned_text('full_name') }} as full_name,
        {{ cleaned_text('email') }} as email,
        {{ cleaned_text('phone') }} as phone,
        birth_date as born_on,
        {{ code('gender') }} as gender,
        {{ cleaned_text('occupation') }} as occupation,
        {{ code('marital_status') }} as marital_status,
        {{ cleaned_text('interests') }} as interests,

        {{ cleaned_text('address_line') }} as address_line,
        {{ cleaned_text('city') }} as city,
        {{ cleaned_text('region') }} as region,
        {{ cleaned_text('postcode') }} as postcode,
        {{ cleaned_text('country') }} as country,

        joined_on,
        cancelled_on,

        consent_email,
        consent_sms,
        consent_profiling,

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
            'birth_date': 'born_on',
            'gender': 'gender',
            'occupation': 'occupation',
            'address_line': 'address_line',
            'city': 'city',
            'region': 'region',
            'postcode': 'postcode',
            'country': 'country',
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
