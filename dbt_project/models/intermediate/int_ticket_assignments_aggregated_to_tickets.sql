with

assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
),

groups_set as (
    select
        events.ticket_id,
        coalesce(events.value, '') as group_id,
        coalesce(
            lag(coalesce(events.value, '')) over (
                partition by events.ticket_id order by events.event_number, events.part_number
            ),
            events.previous_value,
            -- the first group of a new ticket is no move
            case when events.event_number = 1 or events.occurred_at <= tickets.opened_at then events.value end,
            ''
        ) as previous_group_id
    from {{ ref('int_ticket_events_unnested') }} as events
    left join tickets on events.ticket_id = tickets.ticket_id
    where events.field = 'group_id' and (events.problem is null or events.problem <> 'repeated')
),

moves as (
    select
        ticket_id,
        count(*) as group_move_count
    from groups_set
    where group_id <> previous_group_id
    group by ticket_id
),

repeats as (
    select
        ticket_id,
        count(*) as repeat_count
    from {{ ref('int_ticket_repeats_found') }}
    group by ticket_id
),

holders as (
    select ticket_id, holder_type, holder_id, is_handoff from assignments
    union all
    select ticket_id, holder_type, previous_holder_id as holder_id, false as is_handoff from assignments
    where previous_holder_id is not null
),

held as (
    select
        ticket_id,
        count(*) filter (where holder_type = 'agent' and is_handoff) as handoff_count,
        count(*) filter (where holder_type = 'group' and is_handoff) as group_change_count,
        count(distinct holder_id) filter (where holder_type = 'agent') as agent_station_count,
        count(distinct holder_id) filter (where holder_type = 'group') as group_station_count
    from holders
    group by ticket_id
),

aggregated as (
    select
        held.ticket_id,
        cast(held.handoff_count as integer) as handoff_count,
        cast(held.group_change_count as integer) as group_change_count,
        cast(coalesce(moves.group_move_count, 0) as integer) as group_move_count,
        cast(held.agent_station_count as integer) as agent_station_count,
        cast(held.group_station_count as integer) as group_station_count,
        cast(coalesce(repeats.repeat_count, 0) as integer) as repeat_count
    from held
    left join moves on held.ticket_id = moves.ticket_id
    left join repeats on held.ticket_id = repeats.ticket_id
)

select * from aggregated
