{{ config(materialized='table') }}

with

records as (
    select * from {{ ref('int_customer_records_profiled') }}
),

{#- First version: of each field the most recent value anyone gave. An address is taken whole, from one record. -#}
golden as (
    select
        customer_id,
        case
            when max(case when account_type = 'organisation' then 1 else 0 end) = 1 then 'organisation'
            when max(case when account_type = 'individual' then 1 else 0 end) = 1 then 'individual'
            else 'unknown'
        end as account_type,
        {%- for field in [
            'full_name', 'email', 'phone', 'born_on', 'gender', 'occupation', 'marital_status', 'interests',
            'organisation_name', 'contact_person', 'country',
        ] %}
        max_by({{ field }}, (updated_at, source_system, source_record_id)) filter (where {{ field }} is not null) as {{ field }},
        {%- endfor %}
        {%- for field in ['address_line', 'city', 'region', 'postcode'] %}
        max_by({{ field }}, (address_line is not null, updated_at, source_system, source_record_id))
            filter (where address_line is not null or city is not null) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from records
    group by customer_id
)

select * from golden
