{{ config(materialized='table') }}

with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

records as (
    select * from {{ ref('int_source_records_identified') }}
    where source_system = 'shop'
),

accounts as (
    select * from records
    where source_table = 'customers'
),

guests as (
    select * from records
    where source_table = 'orders'
),

identified as (
    select
        orders.order_id,
        coalesce(accounts.customer_id, guests.customer_id) as customer_id,
        coalesce(accounts.record_key, guests.record_key) as record_key,
        accounts.customer_id is null as is_guest_order
    from orders
    left join accounts on orders.shop_customer_id = accounts.source_record_id
    left join guests on orders.order_id = guests.source_record_id
)

select * from identified
