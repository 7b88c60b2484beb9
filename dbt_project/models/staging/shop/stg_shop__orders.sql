{{ config(materialized='incremental', incremental_strategy='delete+insert', unique_key='order_id') }}

with

source as (
    {{ latest_versions(source('shop', 'orders'), 'order_id') | indent(4) }}
),

cleaned as (
    select
        order_id,
        {{ cleaned_text('customer_id') }} as shop_customer_id,
        {{ cleaned_text('salesperson_id') }} as salesperson_id,
        {{ cleaned_text('distributor_id') }} as distributor_id,
        {{ cleaned_text('carrier_id') }} as carrier_id,

        {{ code('channel') }} as channel,
        {{ code('status') }} as source_status,
        coalesce(is_gift, false) as is_gift,
        {{ cleaned_text('recipient_name') }} as recipient_name,
        {{ cleaned_text('recipient_email') }} as recipient_email,
        {{ cleaned_text('recipient_phone') }} as recipient_phone,
        {{ cleaned_text('ship_city') }} as ship_city,
        {{ cleaned_text('ship_postcode') }} as ship_postcode,

        upper({{ cleaned_text('currency') }}) as currency,
        items_amount,
        discount_amount,
        shipping_amount,
        tax_amount,
        total_amount,

        ordered_at,
        paid_at,
        shipped_at,
        promised_delivery_at,
        delivered_at,
        cancelled_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
