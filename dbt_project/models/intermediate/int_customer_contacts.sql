{{ config(materialized='table') }}

with

records as (
    select * from {{ ref('int_customer_records_profiled') }}
),

-- of each field the most recent value anyone gave
latest_values as (
    select
        customer_id,
        case
            when max(case when account_type = 'organisation' then 1 else 0 end) = 1 then 'organisation'
            when max(case when account_type = 'individual' then 1 else 0 end) = 1 then 'individual'
            else 'unknown'
        end as account_type,
        {%- for field in [
            'full_name', 'email', 'phone', 'born_on', 'gender', 'occupation', 'marital_status', 'interests',
            'organisation_name', 'contact_person',
        ] %}
        max_by({{ field }}, (updated_at, source_system, source_record_id)) filter (where {{ field }} is not null) as {{ field }}{{ ',' if not loop.last }}
        {%- endfor %}
    from records
    group by customer_id
),

-- an address is taken whole, from one record: street, city and postcode of two records are no address
latest_addresses as (
    select
        customer_id,
        address_line,
        city,
        region,
        postcode,
        country
    from records
    where address_line is not null or city is not null
    qualify row_number() over (
        partition by customer_id
        order by case when address_line is null then 1 else 0 end, updated_at desc, source_system desc, source_record_id desc
    ) = 1
),

golden as (
    select
        latest_values.*,
        latest_addresses.address_line,
        latest_addresses.city,
        latest_addresses.region,
        latest_addresses.postcode,
        latest_addresses.country
    from latest_values
    left join latest_addresses on latest_values.customer_id = latest_addresses.customer_id
)

select * from golden
