-- A failure means that tickets are open in a group's backlog that never came to it, or are gone that never left: some
-- change of a ticket is counted in the one and not in the other (int_ticket_backlog_changes).
with

backlog as (
    select
        backlog_on,
        group_id,
        priority,
        opened_count,
        solved_count,
        reopened_count,
        came_in_count,
        went_out_count,
        open_count,
        coalesce(lag(open_count) over (partition by group_id, priority order by backlog_on), 0) as open_before
    from {{ ref('ticket_backlog') }}
)

select * from backlog
where open_count <> open_before + opened_count + reopened_count + came_in_count - went_out_count - solved_count
