with

held as (
    select * from {{ ref('member_tier_history') }} where valid_to is null
),

levels as (
    select * from {{ ref('int_member_levels_by_period') }}
    where {{ as_of_date() }} >= from_on and (to_on is null or {{ as_of_date() }} < to_on)
),

changes as (
    select * from {{ ref('int_member_growth_changes') }}
    where changed_on > {{ as_of_date() }}
),

-- the first day on which, if nothing more is earned, what is left is too little for the level
foreseen as (
    select
        changes.customer_id,
        min(changes.changed_on) as expires_on,
        min_by(levels.growth_from - changes.growth_value, changes.changed_on) as growth_to_keep
    from changes
    inner join held on changes.customer_id = held.customer_id
    inner join levels on held.level = levels.level
    where not levels.is_lowest and changes.growth_value < levels.growth_from
    group by changes.customer_id
)

select * from foreseen
