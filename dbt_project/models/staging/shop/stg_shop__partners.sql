with

source as (
    {{ latest_versions(source('shop', 'partners'), 'partner_id') | indent(4) }}
),

cleaned as (
    select
        partner_id,

        {{ code('partner_type') }} as partner_type,
        {{ cleaned_text('name') }} as partner_name,
        {{ cleaned_text('region') }} as region,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
