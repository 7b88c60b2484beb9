{{ config(materialized='view') }}

with

shop_customers as (
    select * from {{ ref('stg_shop__customers') }}
),

guest_orders as (
    select * from {{ ref('int_guest_orders_profiled') }}
),

helpdesk_users as (
    select * from {{ ref('stg_helpdesk__users') }}
),

members as (
    select * from {{ ref('stg_membership__members') }}
),

all_records as (
    select
        'shop' as source_system,
        'customers' as source_table,
        shop_customer_id as source_record_id,
        coalesce(full_name, organisation_name) as full_name,
        normalised,
        cast(null as varchar) as card_number,
        coalesce(registered_at, updated_at) as first_seen_at,
        _loaded_at
    from shop_customers
    union all
    select
        'shop' as source_system,
        'orders' as source_table,
        order_id as source_record_id,
        full_name,
        normalised,
        cast(null as varchar) as card_number,
        ordered_at as first_seen_at,
        _loaded_at
    from guest_orders
    union all
    select
        'helpdesk' as source_system,
        'users' as source_table,
        user_id as source_record_id,
        full_name,
        normalised,
        cast(null as varchar) as card_number,
        coalesce(created_at, updated_at) as first_seen_at,
        _loaded_at
    from helpdesk_users
    where not is_staff
    union all
    select
        'membership' as source_system,
        'members' as source_table,
        member_id as source_record_id,
        full_name,
        normalised,
        card_number,
        cast(joined_on as timestamp) as first_seen_at,
        _loaded_at
    from members
),

keyed as (
    select
        {{ record_key('source_system', 'source_table', 'source_record_id') }} as record_key,
        source_system,
        source_table,
        source_record_id,
        full_name,
        {{ normalised_columns() | indent(4) }},
        card_number,
        first_seen_at,
        _loaded_at
    from all_records
)

select * from keyed
