with

contacts as (
    select * from {{ ref('int_customer_contacts') }}
),

{%- set individual = ['full_name', 'email', 'phone', 'born_on', 'gender', 'occupation', 'marital_status', 'interests', 'address_line'] %}
{%- set organisation = ['organisation_name', 'contact_person', 'email', 'phone', 'address_line'] %}
{%- set names = {'born_on': 'birth_date', 'address_line': 'address'} %}

missing as (
    select
        customer_id,
        account_type,
        case
            when account_type = 'organisation' then concat_ws(', '
                {%- for field in organisation %}, case when {{ field }} is null then '{{ names.get(field, field) }}' end{% endfor %})
            else concat_ws(', '
                {%- for field in individual %}, case when {{ field }} is null then '{{ names.get(field, field) }}' end{% endfor %})
        end as missing_fields,
        case
            when account_type = 'organisation' then cast(
                {%- for field in organisation %} case when {{ field }} is null then 0 else 1 end{{ ' +' if not loop.last }}{% endfor %} as double) / {{ organisation | length }}
            else cast(
                {%- for field in individual %} case when {{ field }} is null then 0 else 1 end{{ ' +' if not loop.last }}{% endfor %} as double) / {{ individual | length }}
        end as profile_completeness
    from contacts
),

completed as (
    select
        customer_id,
        account_type,
        nullif(missing_fields, '') as missing_fields,
        round(profile_completeness, 4) as profile_completeness
    from missing
)

select * from completed
