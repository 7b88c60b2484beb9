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

changes as (
    select * from {{ ref('int_member_growth_changes') }}
),

growth as (
    select customer_id, max_by(growth_value, changed_on) as growth_value
    from changes
    where changed_on <= {{ as_of_date() }}
    group by customer_id
),

-- The first day on which, if nothing more is earned, what is left is too little for the level.
falls as (
    select
        changes.customer_id,
        min(changes.changed_on) as expires_on,
        min_by(levels.growth_from - changes.growth_value, changes.changed_on) as growth_to_keep
    from changes
    inner join held on changes.customer_id = held.customer_id
    inner join levels on held.level = levels.level
    where changes.changed_on > {{ as_of_date() }} and not levels.is_lowest and changes.growth_value < levels.growth_from
    group by changes.customer_id
),

largest as (
    select
        customer_id,
        max(case when entry_rank = 1 then {{ growth_entry_in_words() }} end) as first_entry,
        max(case when entry_rank = 2 then {{ growth_entry_in_words() }} end) as second_entry,
        max(case when entry_rank = 3 then {{ growth_entry_in_words() }} end) as third_entry
    from {{ ref('int_growth_entries_ranked') }}
    group by customer_id
),

purchase_rule as (
    select max(growth_per_unit) as growth_per_unit
    from {{ ref('growth_rules') }}
    where
        event_type = 'purchase'
        and unit = 'currency'
        and valid_from <= {{ as_of_date() }}
        and (valid_to is null or valid_to > {{ as_of_date() }})
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
            when largest.first_entry is null then concat(held.level, ': no growth in force')
            else concat(
                held.level, ' from ', levels.growth_from, ' with ', growth.growth_value, ': ',
                concat_ws('; ', largest.first_entry, largest.second_entry, largest.third_entry)
            )
        end as level_reason,
        levels.next_level,
        levels.next_growth_from - growth.growth_value as growth_to_next,
        cast(
            ceil(
                100 * (levels.next_growth_from - growth.growth_value) / nullif(purchase_rule.growth_per_unit, 0)
                - 0.000001
            ) / 100 as decimal(18, 2)
        ) as spend_to_next,
        falls.expires_on,
        falls.growth_to_keep,
        {{ as_of_date() }} as as_of_date
    from members
    left join held on members.customer_id = held.customer_id
    left join levels on held.level = levels.level
    left join growth on members.customer_id = growth.customer_id
    left join falls on members.customer_id = falls.customer_id
    left join largest on members.customer_id = largest.customer_id
    cross join purchase_rule
)

select * from tiers
