{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='shop_customer_id') }}

with

source as (
    {{ latest_versions(source('shop', 'customers'), 'customer_id') | indent(4) }}
),

cleaned as (
    select
        customer_id as shop_customer_id,

        case
            when {{ code('account_type') }} in ('organisation', 'organization', 'company', 'business', 'school')
                then 'organisation'
            when {{ code('account_type') }} in ('individual', 'person', 'personal', 'private', 'consumer')
                then 'individual'
            when {{ cleaned_text('organisation_name') }} is not null then 'organisation'
            else 'unknown'
        end as account_type,
        {{ cleaned_text('full_name') }} as full_name,
        {{ cleaned_text('email') }} as email,
        {{ cleaned_text('phone') }} as phone,
        birth_date as born_on,
        {{ code('gender') }} as gender,
        {{ cleaned_text('occupation') }} as occupation,
        {{ code('marital_status') }} as marital_status,
        {{ cleaned_text('interests') }} as interests,
        {{ cleaned_text('organisation_name') }} as organisation_name,
        {{ cleaned_text('contact_person') }} as contact_person,

        {{ cleaned_text('address_line') }} as address_line,
        {{ cleaned_text('city') }} as city,
        {{ cleaned_text('region') }} as region,
        {{ cleaned_text('postcode') }} as postcode,
        {{ cleaned_text('country') }} as country,

        registered_at,

        updated_at,
        _loaded_at
    from source
),

normalised as (
    select
        *,
        {{ normalise_record({
            'account_type': 'account_type',
            'full_name': 'full_name',
            'organisation_name': 'organisation_name',
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
