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
        max_by(full_name, (updated_at, source_system, source_record_id))
        filter (where full_name is not null) as full_name,
        max_by(email, (updated_at, source_system, source_record_id))
        filter (where email is not null) as email,
        max_by(phone, (updated_at, source_system, source_record_id))
        filter (where phone is not null) as phone,
        max_by(born_on, (updated_at, source_system, source_record_id))
        filter (where born_on is not null) as born_on,
        max_by(gender, (updated_at, source_system, source_record_id))
        filter (where gender is not null) as gender,
        max_by(occupation, (updated_at, source_system, source_record_id))
        filter (where occupation is not null) as occupation,
        max_by(marital_status, (updated_at, source_system, source_record_id))
        filter (where marital_status is not null) as marital_status,
        max_by(interests, (updated_at, source_system, source_record_id))
        filter (where interests is not null) as interests,
        max_by(organisation_name, (updated_at, source_system, source_record_id))
        filter (where organisation_name is not null) as organisation_name,
        max_by(contact_person, (updated_at, source_system, source_record_id))
        filter (where contact_person is not null) as contact_person
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
        order by
            case when address_line is null then 1 else 0 end asc,
            updated_at desc, source_system desc, source_record_id desc
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
