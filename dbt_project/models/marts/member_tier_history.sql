with

members as (
    select * from {{ ref('int_members_aggregated_to_customers') }}
),

changes as (
    select * from {{ ref('int_member_growth_changes') }}
),

levels as (
    select * from {{ ref('int_member_levels_by_period') }}
),

-- Days of a member's own: from joining, before the last card ended, and not after the as-of day. What they had the day
-- before is known from the row itself, so no member's days need sorting until only the changes of level are left.
days as (
    select
        changes.*,
        changes.growth_value - changes.earned - changes.returned - changes.expired as growth_before,
        changes.changed_on = members.joined_on as is_joining,
        case when members.cancelled_on <= {{ as_of_date() }} then members.cancelled_on end as cancelled_on
    from changes
    inner join members on changes.customer_id = members.customer_id
    where
        changes.changed_on >= members.joined_on
        and changes.changed_on <= {{ as_of_date() }}
        and (members.cancelled_on is null or changes.changed_on < members.cancelled_on)
),

levelled as (
    select
        days.*,
        levels.level_rank,
        levels.level,
        levels_before.level_rank as previous_level_rank,
        levels_before.level as previous_level
    from days
    inner join levels on {{ holds_level('days.growth_value', 'days.changed_on', 'levels') }}
    left join levels as levels_before
        on
        not days.is_joining
        and {{ holds_level('days.growth_before', dbt.dateadd('day', -1, 'days.changed_on'), 'levels_before') }}
),

changed as (
    select
        *,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on
    from levelled
    where is_joining or previous_level is null or previous_level <> level
),

history as (
    select
        customer_id,
        level,
        level_rank,
        changed_on as valid_from,
        previous_level,
        growth_value,
        known_at,
        coalesce(next_changed_on, cancelled_on) as valid_to,
        case
            when previous_level is null then 'joined'
            when level_rank > previous_level_rank and earned > 0 then 'growth earned'
            when level_rank < previous_level_rank and returned < 0 and returned <= expired then 'goods returned'
            when level_rank < previous_level_rank and expired < 0 then 'growth expired'
            else 'levels changed'
        end as change_reason
    from changed
)

select * from history
