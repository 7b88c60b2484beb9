with

source as (
    {{ latest_versions(source('shop', 'returns'), 'return_id') | indent(4) }}
),

cleaned as (
    select
        return_id,
        order_id,
        {{ cleaned_text('order_item_id') }} as order_item_id,

        {{ code('reason') }} as reason,
        {{ code('fault') }} as fault,
        {{ code('condition') }} as condition,
        {{ code('status') }} as source_status,
        {{ code('return_shipping_paid_by') }} as return_shipping_paid_by,
        quantity,

        refund_amount,
        return_shipping_amount,

        requested_at,
        received_at,
        refunded_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
