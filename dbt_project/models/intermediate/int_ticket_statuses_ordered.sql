with

changes as (
    select
        event_id,
        ticket_id,
        occurred_at,
        {{ code('value') }} as status,
        coalesce(
            lag({{ code('value') }}) over (partition by ticket_id order by occurred_at, length(event_id), event_id),
            {{ code('previous_value') }}
        ) as previous_status
    from {{ ref('int_ticket_events_unnested') }}
    where field = 'status' and value is not null
),

statuses as (
    select
        *,
        status in ('solved', 'closed') and coalesce(previous_status not in ('solved', 'closed'), true) as is_resolution,
        status not in ('solved', 'closed') and coalesce(previous_status in ('solved', 'closed'), false) as is_reopening
    from changes
)

select * from statuses
