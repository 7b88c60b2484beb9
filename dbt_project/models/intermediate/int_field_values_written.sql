{#- Of each field: the value to show, what decides whether two records say the same (null where it cannot be read), how
    complete it is, and whether the source, should it be one that verifies, has verified it. A name that matching took
    for an organisation's is no person's. -#}
{% set text = dbt.type_string() %}
{% set is_organisations_name = 'name_key is null and organisation_name_key is not null' %}
{% set fields = {
    'full_name': {
        'value': 'case when not (' ~ is_organisations_name ~ ') then full_name end',
        'key': 'name_key',
        'completeness': name_completeness('full_name'),
    },
    'email': {'key': 'email_key', 'is_confirmed': 'is_email_verified'},
    'phone': {'key': 'phone_key'},
    'birth_date': {'value': 'cast(born_on as ' ~ text ~ ')', 'key': 'cast(born_on_key as ' ~ text ~ ')'},
    'gender': {'key': 'coalesce(gender_key, lower(gender))'},
    'occupation': {'key': 'coalesce(occupation_key, lower(occupation))'},
    'marital_status': {},
    'interests': {},
    'organisation_name': {
        'value': 'coalesce(organisation_name, case when ' ~ is_organisations_name ~ ' then full_name end)',
        'key': 'organisation_name_key',
    },
    'contact_person': {'completeness': name_completeness('contact_person')},
    'address': {
        'value': "case when coalesce(address_line, city, postcode) is not null"
            ~ " then concat_ws(', ', address_line, city, region, postcode, country) end",
        'key': "coalesce(address_key, nullif(concat_ws(' ', city_key, postcode_key), ''), lower(address_line))",
        'completeness': address_completeness('address_line', 'city', 'postcode'),
    },
} %}

with

{# Not through an import CTE: it would be held in memory whole, for the eleven that read it. -#}
said as (
    {%- for field, said in fields.items() %}
        {%- set value = said.get('value', field) %}
        select
            customer_id,
            record_key,
            record_order,
            source_system,
            source_table,
            updated_at,
            '{{ field }}' as field,
            {{ value }} as value,
            {{ said.get('key', 'lower(' ~ field ~ ')') }} as value_key,
            {{ said.get('completeness', 0) }} as completeness,
            {{ said.get('is_confirmed', 'true') }} as is_confirmed
        from {{ ref('int_customer_records_profiled') }}
        where {{ value }} is not null
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}
),

verifying_sources as (
    select * from {{ ref('verifying_sources') }}
    where {{ is_in_force(as_of_date()) }}
),

rejected_values as (
    select * from {{ ref('rejected_values') }}
),

written as (
    select
        said.customer_id,
        said.field,
        said.record_key,
        said.record_order,
        said.updated_at,
        said.value,
        coalesce(said.value_key, lower(said.value)) as value_key,
        said.completeness,
        coalesce(rejected_values.reason, case when said.value_key is null then 'unreadable' end) as rejected_because,
        said.is_confirmed and verifying_sources.field is not null as is_verified
    from said
    left join verifying_sources
        on said.field = verifying_sources.field
        and said.source_system = verifying_sources.source_system
        and said.source_table = verifying_sources.source_table
    left join rejected_values
        on said.record_key = rejected_values.record_key
        and said.field = rejected_values.field
)

select * from written
