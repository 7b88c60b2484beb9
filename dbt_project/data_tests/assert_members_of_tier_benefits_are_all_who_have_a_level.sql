-- A row here is a benefit beside which `tier_benefits` counts more or fewer members than have a level. Likely cause: a
-- level held that is missing in seed member_levels on the as-of day, or two rows of one level in force.
with

members as (
    select count(level) as member_count from {{ ref('member_tiers') }}
),

counted as (
    select benefit, sum(member_count) as member_count
    from {{ ref('tier_benefits') }}
    group by benefit
)

select counted.benefit
from counted
inner join members on counted.member_count <> members.member_count
