with

types as (
    select * from {{ ref('timeline_event_types') }}
),

events as (
    {%- for part in ['shop', 'helpdesk', 'membership', 'marketing', 'judged'] %}
        select * from {{ ref('int_' ~ part ~ '_events_described') }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
),

-- what a source has planned for later (a membership's last day) has not happened yet
happened as (
    select
        events.customer_id,
        cast(row_number() over (
            partition by events.customer_id
            order by
                events.occurred_at, types.tie_rank, events.source_table, length(events.source_record_id),
                events.source_record_id
        ) as integer) as event_number,
        events.occurred_at,
        events.event_type,
        types.theme,
        events.source_system,
        events.source_table,
        events.source_record_id,
        events.order_id,
        events.ticket_id,
        events.summary,
        events.summary_zh
    from events
    inner join types on events.event_type = types.event_type
    where events.occurred_at < {{ as_of_end() }}
)

select * from happened
