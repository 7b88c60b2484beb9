with

changes as (
    select
        changed_on,
        group_id,
        priority,
        cast(sum(opened) as integer) as opened_count,
        cast(sum(solved) as integer) as solved_count,
        cast(sum(reopened) as integer) as reopened_count,
        cast(sum(came_in) as integer) as came_in_count,
        cast(sum(went_out) as integer) as went_out_count,
        sum(open_change) as open_change,
        sum(waiting_change) as waiting_change
    from {{ ref('int_ticket_backlog_changes') }}
    group by changed_on, group_id, priority
),

places as (
    select group_id, priority, min(changed_on) as first_on from changes group by group_id, priority
),

days as (
    select calendar_on from {{ ref('int_days_numbered') }} where calendar_on <= {{ as_of_date() }}
),

-- Every day from the first on which a group had a ticket of the priority, so that a chart has no holes.
every_day as (
    select days.calendar_on, places.group_id, places.priority
    from places
    inner join days on places.first_on <= days.calendar_on
),

counted as (
    select
        every_day.calendar_on as backlog_on,
        every_day.group_id,
        every_day.priority,
        coalesce(changes.opened_count, 0) as opened_count,
        coalesce(changes.solved_count, 0) as solved_count,
        coalesce(changes.reopened_count, 0) as reopened_count,
        coalesce(changes.came_in_count, 0) as came_in_count,
        coalesce(changes.went_out_count, 0) as went_out_count,
        cast(sum(changes.open_change) over until_now as integer) as open_count,
        cast(sum(changes.waiting_change) over until_now as integer) as customer_waiting_count
    from every_day
    left join changes
        on
        every_day.calendar_on = changes.changed_on
        and every_day.group_id is not distinct from changes.group_id
        and every_day.priority is not distinct from changes.priority
    window until_now as (
        partition by every_day.group_id, every_day.priority order by every_day.calendar_on
        rows between unbounded preceding and current row
    )
),

backlog as (
    select *, open_count - customer_waiting_count as waiting_on_customer_count from counted
)

select * from backlog
