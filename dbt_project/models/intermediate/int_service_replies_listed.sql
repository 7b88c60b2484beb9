with

tickets as (
    select ticket_id, opened_at from {{ ref('int_tickets_identified') }}
),

written as (
    select * from {{ ref('int_replies_to_customers_listed') }}
),

vague as (
    select event_id, part_number from {{ ref('int_answers_put_off') }}
),

replies as (
    select
        written.event_id,
        written.part_number,
        written.ticket_id,
        written.agent_id,
        written.occurred_at,
        cast({{ seconds_between('tickets.opened_at', 'written.occurred_at') }} / 60.0 as decimal(18, 2))
            as minutes_since_opening,
        row_number() over (
            partition by written.ticket_id
            order by written.occurred_at, length(written.event_id), written.event_id, written.part_number
        ) = 1 as is_first,
        vague.event_id is not null as is_vague
    from written
    inner join tickets on written.ticket_id = tickets.ticket_id
    left join vague on written.event_id = vague.event_id and written.part_number = vague.part_number
    where written.occurred_at > tickets.opened_at
)

select * from replies
