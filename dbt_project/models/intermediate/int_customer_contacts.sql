{{ config(materialized='table') }}
{% set fields = [
    'full_name', 'email', 'phone', 'birth_date', 'gender', 'occupation', 'marital_status', 'interests', 'organisation_name',
    'contact_person',
] %}

with

customers as (
    select * from {{ ref('int_customers_typed') }}
),

golden as (
    select * from {{ ref('int_field_values_survived') }}
    where is_golden
),

profiles as (
    select * from {{ ref('int_customer_records_profiled') }}
),

pivoted as (
    select
        {%- for field in fields %}
            max(case when field = '{{ field }}' then value end) as {{ field }},
        {%- endfor %}
        customer_id
    from golden
    group by customer_id
),

-- an address is taken whole, from one record: street, city and postcode of two records are no address
addresses as (
    select
        golden.customer_id,
        profiles.address_line,
        profiles.city,
        profiles.region,
        profiles.postcode,
        profiles.country
    from golden
    inner join profiles on golden.record_key = profiles.record_key
    where golden.field = 'address'
),

contacts as (
    select
        customers.customer_id,
        customers.account_type,
        {%- for field in fields %}
            {{ 'cast(pivoted.birth_date as date) as born_on' if field == 'birth_date' else 'pivoted.' ~ field }},
        {%- endfor %}
        addresses.address_line,
        addresses.city,
        addresses.region,
        addresses.postcode,
        addresses.country
    from customers
    left join pivoted on customers.customer_id = pivoted.customer_id
    left join addresses on customers.customer_id = addresses.customer_id
)

select * from contacts
