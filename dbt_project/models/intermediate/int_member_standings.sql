with

members as (
    select
        customer_id,
        card_count,
        joined_on,
        case when cancelled_on <= {{ as_of_date() }} then cancelled_on end as cancelled_on
    from {{ ref('int_members_aggregated_to_customers') }}
),

held as (
    select * from {{ ref('member_tier_history') }} where valid_to is null
),

levels as (
    select * from {{ ref('int_member_levels_by_period') }}
    where from_on <= {{ as_of_date() }} and (to_on is null or to_on > {{ as_of_date() }})
),

growth as (
    select * from {{ ref('int_growth_totals_aggregated_to_members') }}
),

falls as (
    select * from {{ ref('int_member_falls_foreseen') }}
),

grants as (
    select
        customer_id,
        max_by(level, (level_rank, valid_to)) as granted_level,
        max_by(valid_to, (level_rank, valid_to)) as grant_ends_on
    from {{ ref('int_level_grants_identified') }}
    where {{ is_in_force(as_of_date()) }}
    group by customer_id
),

purchase_rule as (
    select
        sum(case when uses_coefficient then growth_per_unit else 0 end) as multiplied,
        sum(case when uses_coefficient then 0 else growth_per_unit end) as plain
    from {{ ref('growth_rules') }}
    where
        event_type = 'purchase' and unit = 'currency' and channels is null and categories is null
        and {{ is_in_force(as_of_date()) }}
),

standings as (
    select
        members.customer_id,
        members.card_count,
        members.joined_on,
        members.cancelled_on,
        held.level,
        held.level_rank,
        held.valid_from as level_since,
        levels.name_en,
        levels.name_zh,
        levels.growth_from,
        levels.coefficient,
        coalesce(growth.growth_value, 0) as growth_value,
        growth.next_expiry_on,
        growth.next_expiry_growth,
        levels.next_level,
        levels.next_growth_from - coalesce(growth.growth_value, 0) as growth_to_next,
        purchase_rule.multiplied * levels.coefficient + purchase_rule.plain as growth_per_unit,
        falls.review_on,
        falls.expires_on,
        falls.growth_to_keep,
        grants.granted_level,
        grants.grant_ends_on
    from members
    left join held on members.customer_id = held.customer_id
    left join levels on held.level = levels.level
    left join growth on members.customer_id = growth.customer_id
    left join falls on members.customer_id = falls.customer_id
    left join grants on members.customer_id = grants.customer_id
    cross join purchase_rule
)

select * from standings
