with

tickets as (
    select ticket_id, {{ rows_of(json_maps('custom_fields')) }} as custom_field from {{ ref('stg_helpdesk__tickets') }}
),

ticket_fields as (
    select * from {{ ref('ticket_fields') }}
),

meant as (
    select
        tickets.ticket_id,
        ticket_fields.meaning,
        {{ cleaned_text("tickets.custom_field['value']") }} as value
    from tickets
    inner join ticket_fields on tickets.custom_field['id'] = ticket_fields.field_id
),

pivoted as (
    select
        ticket_id,
        max(case when meaning = 'order_number' then value end) as order_number,
        max(case when meaning = 'promised_follow_up_at' then {{ try_timestamp('value') }} end) as promised_follow_up_at,
        max(case when meaning = 'resolved_at' then {{ try_timestamp('value') }} end) as resolved_at,
        max(case when meaning = 'closed_at' then {{ try_timestamp('value') }} end) as closed_at,
        max(case when meaning = 'reassignment_count' then try_cast(value as integer) end) as reassignment_count,
        max(case when meaning = 'reopen_count' then try_cast(value as integer) end) as reopen_count,
        cast(max(
            case
                when meaning <> 'sla_met' then null
                when lower(value) in ('true', 'yes', '1') then 1
                when lower(value) in ('false', 'no', '0') then 0
            end
        ) as boolean) as is_sla_met
    from meant
    group by ticket_id
)

select * from pivoted
