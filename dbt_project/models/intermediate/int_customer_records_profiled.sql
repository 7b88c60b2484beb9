{{ config(materialized='table') }}
{# What each kind of record can say about a person; what it cannot is null. -#}
{% set fields = [
    'full_name', 'email', 'phone', 'born_on', 'gender', 'occupation', 'marital_status', 'interests', 'organisation_name',
    'contact_person', 'address_line', 'city', 'region', 'postcode', 'country',
] %}
{# What matching made of it: two records say the same where that is equal. -#}
{% set keys = [
    'name_normalised', 'organisation_name', 'email_normalised', 'phone_normalised', 'born_on', 'gender', 'occupation',
    'address_normalised', 'city_normalised', 'postcode_normalised',
] %}
{% set kinds = [
    ('shop', 'customers', 'shop_customers', 'shop_customer_id', 'shop_customers.account_type', {}),
    ('membership', 'members', 'members', 'member_id', "'individual'", {'organisation_name': none, 'contact_person': none}),
    ('helpdesk', 'users', 'helpdesk_users', 'user_id', "'unknown'", {
        'born_on': none, 'gender': none, 'occupation': none, 'marital_status': none, 'interests': none,
        'organisation_name': none, 'contact_person': none, 'address_line': none, 'city': none, 'region': none,
        'postcode': none, 'country': none,
    }),
    ('shop', 'orders', 'orders', 'order_id', "'unknown'", {
        'full_name': 'recipient_name', 'email': 'recipient_email', 'phone': 'recipient_phone', 'born_on': none, 'gender': none,
        'occupation': none, 'marital_status': none, 'interests': none, 'organisation_name': none, 'contact_person': none,
        'address_line': none, 'city': 'ship_city', 'region': none, 'postcode': 'ship_postcode', 'country': none,
    }),
] %}

with

identified as (
    select
        identities.customer_id,
        records.*
    from {{ ref('source_records') }} as records
    inner join {{ ref('int_source_records_identified') }} as identities on records.record_key = identities.record_key
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

-- whoever receives a gift is not the customer
orders as (
    select
        order_id,
        case when not is_gift then recipient_name end as recipient_name,
        case when not is_gift then recipient_email end as recipient_email,
        case when not is_gift then recipient_phone end as recipient_phone,
        case when not is_gift then ship_city end as ship_city,
        case when not is_gift then ship_postcode end as ship_postcode,
        updated_at
    from {{ ref('stg_shop__orders') }}
),

helpdesk_users as (
    select * from {{ ref('stg_helpdesk__users') }}
),

members as (
    select * from {{ ref('stg_membership__members') }}
),

profiled as (
    {%- for source_system, source_table, relation, key, account_type, differing in kinds %}
        select
            identified.customer_id,
            identified.record_key,
            identified.source_system,
            identified.source_table,
            identified.source_record_id,
            {{ account_type }} as account_type,
            {%- for key in keys %}
                identified.{{ key }} as {{ key | replace('_normalised', '') }}_key,
            {%- endfor %}
            {{ 'helpdesk_users.is_verified' if relation == 'helpdesk_users' else 'true' }} as is_email_verified,
            {%- for field in fields %}
                {%- set column = differing.get(field, field) %}
                {%- if column is not none %}
                    {{ relation }}.{{ column }} as {{ field }},
                {%- else %}
                    cast(null as {{ 'date' if field == 'born_on' else dbt.type_string() }}) as {{ field }},
                {%- endif %}
            {%- endfor %}
            {{ relation }}.updated_at
        from identified
        inner join {{ relation }} on identified.source_record_id = {{ relation }}.{{ key }}
        where identified.source_system = '{{ source_system }}' and identified.source_table = '{{ source_table }}'
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}
),

-- the order in which a customer's records were last changed, in one number without ties
ordered as (
    select
        *,
        row_number() over (partition by customer_id order by updated_at, record_key) as record_order
    from profiled
)

select * from ordered
