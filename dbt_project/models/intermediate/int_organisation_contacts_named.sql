{#- A view would ask every reader for the function that normalises. -#}
{{ config(materialized='table') }}

with

accounts as (
    select
        *,
        ({{ normalise_record({'full_name': 'contact_person'}) }}).name_key as contact_name_key
    from {{ ref('stg_shop__customers') }}
    where account_type = 'organisation' and contact_person is not null
),

identified as (
    select * from {{ ref('int_source_records_identified') }}
    where source_system = 'shop' and source_table = 'customers'
),

named as (
    select
        identified.record_key,
        identified.customer_id,
        accounts.contact_person,
        accounts.contact_name_key
    from accounts
    inner join identified on accounts.shop_customer_id = identified.source_record_id
)

select * from named
