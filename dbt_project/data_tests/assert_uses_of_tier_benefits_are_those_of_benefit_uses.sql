-- A row here is a level and benefit whose uses and their cost in `tier_benefits` are not those in `benefit_uses`.
-- Likely cause: a join in tier_benefits that drops or doubles them, or other days that are measured.
with

tiers as (
    select level, benefit, use_count, use_cost, measured_days from {{ ref('tier_benefits') }}
),

uses as (
    select
        tiers.level,
        tiers.benefit,
        count(uses.benefit_use_id) as use_count,
        coalesce(sum(uses.use_cost), 0) as use_cost
    from tiers
    left join {{ ref('benefit_uses') }} as uses
        on
        tiers.level = uses.level
        and tiers.benefit = uses.benefit
        and uses.used_at < {{ as_of_end() }}
        and {{ days_between('cast(uses.used_at as date)', as_of_date()) }} < tiers.measured_days
    group by tiers.level, tiers.benefit
)

select
    tiers.level,
    tiers.benefit
from tiers
inner join uses on tiers.level = uses.level and tiers.benefit = uses.benefit
where tiers.use_count <> uses.use_count or tiers.use_cost <> uses.use_cost
