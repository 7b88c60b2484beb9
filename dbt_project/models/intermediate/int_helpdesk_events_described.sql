{% set asked -%}
    concat(
        'Asked for help', coalesce(' by ' || channel, ''),
        case when order_id is not null then ' about an order.' else '.' end
    )
{%- endset %}

with

tickets as (
    select * from {{ ref('tickets') }}
    where customer_id is not null
),

described as (
    {{ timeline_events('helpdesk', [
        ('tickets', 'ticket_id', 'ticket_opened', 'opened_at', asked),
        ('tickets', 'ticket_id', 'ticket_solved', 'resolved_at', "'Ticket was solved.'"),
    ]) | indent(4) }}
)

select * from described
