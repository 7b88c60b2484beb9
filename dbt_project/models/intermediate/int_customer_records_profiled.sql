{{ config(materialized='table') }}
{#- What a record can say of somebody, and what normalisation made of it: equal where two records say the same. -#}
{% set fields = [
    'full_name', 'email', 'phone', 'born_on', 'gender', 'occupation', 'marital_status', 'interests', 'organisation_name',
    'contact_person', 'address_line', 'city', 'region', 'postcode', 'country',
] %}
{% set keys = {
    'name_key': 'name_normalised', 'organisation_name_key': 'organisation_name', 'email_key': 'email_normalised',
    'phone_key': 'phone_normalised', 'born_on_key': 'born_on', 'gender_key': 'gender', 'occupation_key': 'occupation',
    'address_key': 'address_normalised', 'city_key': 'city_normalised', 'postcode_key': 'postcode_normalised',
} %}
{#- What the kinds of record cannot say. -#}
{% set of_organisations = ['organisation_name', 'contact_person'] %}
{% set of_persons = ['born_on', 'gender', 'occupation', 'marital_status', 'interests'] %}
{% set of_addresses = ['address_line', 'region', 'country'] %}
{% set kinds = [
    ('shop', 'customers', 'shop_customer_id', 'records.account_type', []),
    ('membership', 'members', 'member_id', "'individual'", of_organisations),
    ('shop', 'orders', 'order_id', "'unknown'", of_organisations + of_persons + of_addresses),
    ('helpdesk', 'users', 'user_id', "'unknown'", of_organisations + of_persons + of_addresses + ['city', 'postcode']),
] %}

with

identified as (
    select * from {{ ref('int_source_records_identified') }}
),

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

membership_members as (
    select * from {{ ref('stg_membership__members') }}
),

helpdesk_users as (
    select * from {{ ref('stg_helpdesk__users') }}
),

-- whoever receives a gift is not the customer
shop_orders as (
    select
        orders.order_id,
        guests.normalised,
        case when not orders.is_gift then orders.recipient_name end as full_name,
        case when not orders.is_gift then orders.recipient_email end as email,
        case when not orders.is_gift then orders.recipient_phone end as phone,
        case when not orders.is_gift then orders.ship_city end as city,
        case when not orders.is_gift then orders.ship_postcode end as postcode,
        orders.updated_at
    from {{ ref('int_guest_orders_profiled') }} as guests
    inner join {{ ref('stg_shop__orders') }} as orders on guests.order_id = orders.order_id
),

profiled as (
    {%- for source_system, source_table, id, account_type, unsaid in kinds %}
        select
            identified.customer_id,
            identified.record_key,
            identified.source_system,
            identified.source_table,
            {{ account_type }} as account_type,
            {{ 'records.is_verified' if source_system == 'helpdesk' else 'true' }} as is_email_verified,
            {%- for field in fields %}
                {%- set nothing = 'cast(null as ' ~ ('date' if field == 'born_on' else dbt.type_string()) ~ ')' %}
                {{ nothing if field in unsaid else 'records.' ~ field }} as {{ field }},
            {%- endfor %}
            {%- for key, normalised in keys.items() %}
                (records.normalised).{{ normalised }} as {{ key }},
            {%- endfor %}
            records.updated_at
        from identified
        inner join {{ source_system }}_{{ source_table }} as records on identified.source_record_id = records.{{ id }}
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
