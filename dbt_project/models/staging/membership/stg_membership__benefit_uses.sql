with

source as (
    {{ latest_versions(source('membership', 'benefit_uses'), 'benefit_use_id') | indent(4) }}
),

cleaned as (
    select
        benefit_use_id,
        member_id,

        {{ code('benefit') }} as benefit,

        used_at,

        updated_at,
        _loaded_at
    from source
)

select * from cleaned
