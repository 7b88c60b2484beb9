{%- set columns = [
    'reopen_count',
    'group_change_count',
    'reply_count',
    'first_reply_minutes',
    'resolution_minutes',
    'resolution_business_minutes',
] -%}

with

tickets as (
    select * from {{ ref('tickets') }}
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
