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

-- Days of a member's own: from joining, before the last card ended, and not after the as-of day.
levelled as (
    select
        changes.*,
        members.joined_on,
        case when members.cancelled_on <= {{ as_of_date() }} then members.cancelled_on end as cancelled_on,
        levels.level_rank,
        levels.level
    from changes
    inner join members on changes.customer_id = members.customer_id
    inner join levels
        on
            changes.changed_on >= levels.from_on
            and (levels.to_on is null or changes.changed_on < levels.to_on)
            and (levels.is_lowest or changes.growth_value >= levels.growth_from)
            and (levels.next_growth_from is null or changes.growth_value < levels.next_growth_from)
    where
        changes.changed_on >= members.joined_on
        and changes.changed_on <= {{ as_of_date() }}
        and (members.cancelled_on is null or changes.changed_on < members.cancelled_on)
),

compared as (
    select
        *,
        lag(level) over (partition by customer_id order by changed_on) as previous_level,
        lag(level_rank) over (partition by customer_id order by changed_on) as previous_level_rank
    from levelled
),

changed as (
    select
        *,
        lead(changed_on) over (partition by customer_id order by changed_on) as next_changed_on
    from compared
    where previous_level is null or previous_level <> level
),

history as (
    select
        customer_id,
        level,
        level_rank,
        changed_on as valid_from,
        coalesce(next_changed_on, cancelled_on) as valid_to,
        previous_level,
        growth_value,
        case
            when previous_level is null then 'joined'
            when level_rank > previous_level_rank and earned > 0 then 'growth earned'
            when level_rank < previous_level_rank and returned < 0 and returned <= expired then 'goods returned'
            when level_rank < previous_level_rank and expired < 0 then 'growth expired'
            else 'levels changed'
        end as change_reason,
        known_at
    from changed
)

select * from history
