{#- Of each field: the value to show, what decides whether two records say the same (null where it cannot be right), how
    complete it is, and whether the source, should it be one that verifies, has verified it. -#}
{% set text = dbt.type_string() %}
{% set fields = {
    'full_name': {'key': 'name_normalised', 'completeness': name_completeness('full_name')},
    'email': {'key': 'email_normalised', 'is_confirmed': 'is_email_verified'},
    'phone': {'key': 'phone_normalised'},
    'birth_date': {'value': 'cast(born_on as ' ~ text ~ ')', 'key': 'cast(plausible_born_on as ' ~ text ~ ')'},
    'gender': {},
    'occupation': {},
    'marital_status': {},
    'interests': {},
    'organisation_name': {'key': normalise_name('organisation_name')},
    'contact_person': {'key': normalise_name('contact_person'), 'completeness': name_completeness('contact_person')},
    'address': {
        'value': "nullif(concat_ws(', ', address_line, city, region, postcode, country), '')",
        'key': "lower(coalesce(address_line, concat_ws(' ', city, postcode)))",
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
        said.value_key is not null as is_possible,
        said.is_confirmed and verifying_sources.field is not null as is_verified
    from said
    left join verifying_sources
        on said.field = verifying_sources.field
        and said.source_system = verifying_sources.source_system
        and said.source_table = verifying_sources.source_table
)

select * from written
