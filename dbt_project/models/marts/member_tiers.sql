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
    select customer_id, max_by(growth_value, changed_on) as growth_value
    from {{ ref('int_member_growth_changes') }}
    where changed_on <= {{ as_of_date() }}
    group by customer_id
),

falls as (
    select * from {{ ref('int_member_falls_foreseen') }}
),

entries as (
    select * from {{ ref('int_growth_entries_aggregated_to_members') }}
),

purchase_rule as (
    select max(growth_per_unit) as growth_per_unit
    from {{ ref('growth_rules') }}
    where event_type = 'purchase' and unit = 'currency' and {{ is_in_force(as_of_date()) }}
),

tiers as (
    select
        members.customer_id,
        members.card_count,
        members.joined_on,
        members.cancelled_on,
        held.level,
        held.level_rank,
        held.valid_from as level_since,
        case when held.level is not null then growth.growth_value end as growth_value,
        case
            when members.cancelled_on is not null then concat('membership ended on ', members.cancelled_on)
            when held.level is null then null
            when entries.largest_entries is null then concat(held.level, ': no growth in force')
            else concat(
                held.level, ' from ', levels.growth_from, ' with ', growth.growth_value, ': ', entries.largest_entries
            )
        end as level_reason,
        levels.next_level,
        levels.next_growth_from - growth.growth_value as growth_to_next,
        cast(
            {{ divided_up('levels.next_growth_from - growth.growth_value', 'purchase_rule.growth_per_unit') }}
            as decimal(18, 2)
        ) as spend_to_next,
        falls.expires_on,
        falls.growth_to_keep,
        {{ as_of_date() }} as as_of_date
    from members
    left join held on members.customer_id = held.customer_id
    left join levels on held.level = levels.level
    left join growth on members.customer_id = growth.customer_id
    left join falls on members.customer_id = falls.customer_id
    left join entries on members.customer_id = entries.customer_id
    cross join purchase_rule
)

select * from tiers
