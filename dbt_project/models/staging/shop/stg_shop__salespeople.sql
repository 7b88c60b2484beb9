with

source as (
    {{ latest_versions(source('shop', 'salespeople'), 'salesperson_id') | indent(4) }}
),

cleaned as (
    select
        salesperson_id,

        {{ cleaned_text('full_name') }} as full_name,
        {{ cleaned_text('department') }} as department,
        {{ cleaned_text('branch') }} as branch,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
