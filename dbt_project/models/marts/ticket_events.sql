{{ config(
    materialized='incremental', incremental_strategy='delete+insert', unique_key='ticket_id', on_schema_change='fail'
) }}

with

all_parts as (
    select * from {{ ref('int_ticket_events_unnested') }}
),

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

staff as (
    select * from {{ ref('int_service_staff_listed') }}
),

assignments as (
    select * from {{ ref('int_ticket_assignments_ordered') }}
),

statuses as (
    select * from {{ ref('int_ticket_statuses_ordered') }}
),

repeats as (
    select * from {{ ref('int_ticket_repeats_found') }}
),

fields as (
    select * from {{ ref('ticket_fields') }}
),

parts as (
    select
        *,
        coalesce(author_id, updater_id) as person_id
    from all_parts
    {%- if is_incremental() %}
    where
        {{ is_touched('all_parts', 'staff', stamp='loaded_at') | indent(8) }}
        or ticket_id in (
            select known.ticket_id from {{ this }} as known
            inner join tickets on known.ticket_id = tickets.ticket_id
            where known.part_number = 1 and known.customer_id is distinct from tickets.customer_id
        )
    {%- endif %}
),

sided as (
    select
        parts.*,
        tickets.customer_id,
        {{ side_of('parts.person_id', 'tickets.requester_id', 'staff.agent_id') }} as side,
        coalesce(parts.occurred_at <= tickets.opened_at, false) as is_opening,
        fields.meaning
    from parts
    left join tickets on parts.ticket_id = tickets.ticket_id
    left join staff on parts.person_id = staff.agent_id
    left join fields on parts.field = fields.field_id
),

told as (
    select
        sided.event_id,
        sided.part_number,
        sided.ticket_id,
        sided.event_number,
        sided.customer_id,
        sided.occurred_at,
        {{ ticket_event_type() | indent(8) }} as event_type,
        sided.side,
        case when sided.side = 'staff' then sided.person_id end as agent_id,
        sided.field,
        case
            when sided.field in ('status', 'priority', 'assignee_id', 'group_id')
                then coalesce(assignments.previous_holder_id, statuses.previous_status, sided.previous_value)
        end as from_value,
        case
            when sided.field in ('status', 'priority', 'assignee_id', 'group_id') then sided.value
            when sided.meaning = 'promised_follow_up_at'
                then cast({{ try_timestamp('sided.value') }} as {{ dbt.type_string() }})
        end as to_value,
        sided.is_public,
        coalesce(assignments.is_handoff, false) as is_handoff,
        repeats.event_id is not null as is_repeat,
        sided.problem,
        sided._loaded_at as loaded_at
    from sided
    left join assignments on sided.event_id = assignments.event_id and sided.part_number = assignments.part_number
    left join statuses on sided.event_id = statuses.event_id and sided.part_number = statuses.part_number
    left join repeats on sided.event_id = repeats.event_id and sided.part_number = repeats.part_number
)

select * from told
