{%- set columns = [
    'reopen_count',
    'group_move_count',
    'reply_count',
    'agent_station_count',
    'group_station_count',
    'first_reply_minutes',
    'first_resolution_minutes',
    'first_resolution_business_minutes',
    'resolution_minutes',
    'resolution_business_minutes',
    'waiting_on_customer_minutes',
    'waiting_on_customer_business_minutes',
    'customer_waiting_minutes',
    'customer_waiting_business_minutes',
    'on_hold_minutes',
    'on_hold_business_minutes',
] -%}

with

tickets as (
    select * from {{ ref('tickets') }}
    where ticket_id in (select ticket_id from {{ ref('int_ticket_figures_reported') }})
),

-- What the history alone says: in mart tickets the helpdesk's own word is believed first.
statuses as (
    select
        ticket_id,
        max(case when is_resolution then occurred_at end) as resolved_at,
        max(case when status = 'closed' then occurred_at end) as closed_at
    from {{ ref('int_ticket_statuses_ordered') }}
    group by ticket_id
),

counted as (
    {%- for column in columns %}
        select ticket_id, '{{ column }}' as our_column, cast({{ column }} as decimal(18, 2)) as ours, null as ours_at
        from tickets
        union all
    {%- endfor %}
    select ticket_id, 'is_within_sla' as our_column, cast(is_within_sla as integer) as ours, null as ours_at
    from tickets
    union all
    select ticket_id, 'resolved_at' as our_column, null as ours, resolved_at as ours_at from statuses
    union all
    select ticket_id, 'closed_at' as our_column, null as ours, closed_at as ours_at from statuses
)

select * from counted
