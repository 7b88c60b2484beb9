-- What came to a group and what left it, as additions and subtractions: a ticket gives two rows for each of its
-- stretches at most, however long it stays open, and a day's backlog is the sum of all before.
with

states as (
    select *, began_on as changed_on from {{ ref('int_ticket_backlog_states') }}
),

followed as (
    select
        *,
        lag(is_open) over each_ticket as was_open,
        lag(is_waiting) over each_ticket as was_waiting,
        lag(group_id) over each_ticket as previous_group_id,
        lag(priority) over each_ticket as previous_priority
    from states
    window each_ticket as (partition by ticket_id order by stretch_number)
),

judged as (
    select
        *,
        was_open is null as is_opening,
        coalesce(was_open, true) and not is_open as is_solving,
        is_open and not was_open as is_reopening,
        coalesce(was_open, false) and (
            group_id is distinct from previous_group_id or priority is distinct from previous_priority
        ) as is_move
    from followed
),

arrivals as (
    select
        ticket_id,
        changed_on,
        group_id,
        priority,
        cast(is_opening as integer) as opened,
        cast(is_solving as integer) as solved,
        cast(coalesce(is_reopening, false) as integer) as reopened,
        cast(is_move as integer) as came_in,
        0 as went_out,
        cast(is_open as integer) as open_change,
        cast(is_waiting as integer) as waiting_change
    from judged
),

departures as (
    select
        ticket_id,
        changed_on,
        previous_group_id as group_id,
        previous_priority as priority,
        0 as opened,
        0 as solved,
        0 as reopened,
        0 as came_in,
        cast(is_move as integer) as went_out,
        -cast(was_open as integer) as open_change,
        -cast(was_waiting as integer) as waiting_change
    from judged
    where was_open is not null
),

changes as (
    select * from arrivals
    union all
    select * from departures
)

select * from changes
