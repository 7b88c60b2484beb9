with

levels as (
    select *
    from {{ ref('member_levels') }}
    where {{ is_in_force(as_of_date()) }}
),

benefits as (
    select * from {{ ref('benefits') }} where {{ is_in_force(as_of_date()) }}
),

entitlements as (
    select * from {{ ref('level_benefits') }} where {{ is_in_force(as_of_date()) }}
),

matrix as (
    select
        levels.level,
        levels.level_rank,
        levels.name_en as level_name_en,
        levels.name_zh as level_name_zh,
        benefits.benefit,
        benefits.name_en as benefit_name_en,
        benefits.name_zh as benefit_name_zh,
        benefits.unit,
        benefits.unit_cost,
        entitlements.level is not null as is_entitled,
        entitlements.allowed_uses,
        entitlements.period,
        entitlements.units,
        entitlements.level is not null and entitlements.allowed_uses is null as is_unlimited,
        case entitlements.period when 'month' then 12 when 'quarter' then 4 else 1 end
        * entitlements.allowed_uses * entitlements.units as first_year_units
    from levels
    cross join benefits
    left join entitlements on levels.level = entitlements.level and benefits.benefit = entitlements.benefit
)

select * from matrix
