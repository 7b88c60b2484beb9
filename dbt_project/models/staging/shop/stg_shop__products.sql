with

source as (
    {{ latest_versions(source('shop', 'products'), 'product_id') | indent(4) }}
),

cleaned as (
    select
        product_id,
        {{ cleaned_text('supplier_id') }} as supplier_id,
        {{ cleaned_text('replaces_product_id') }} as replaces_product_id,

        {{ cleaned_text('name') }} as product_name,
        {{ cleaned_text('category') }} as category,
        {{ cleaned_text('brand') }} as brand,
        {{ cleaned_text('version') }} as product_version,

        list_price,
        unit_cost,

        released_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
