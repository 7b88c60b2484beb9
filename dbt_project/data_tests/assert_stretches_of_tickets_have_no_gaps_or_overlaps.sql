-- A row here is a stretch of a ticket that does not end where the next begins, or is the first and does not begin
-- with the ticket, or the last and does not go on: what a ticket waited for would be missing or counted twice.
with

stretches as (
    select
        *,
        row_number() over (partition by ticket_id order by began_at) as place,
        lead(began_at) over (partition by ticket_id order by began_at) as next_began_at
    from {{ ref('int_ticket_stretches') }}
),

tickets as (
    select * from {{ ref('stg_helpdesk__tickets') }}
)

select
    stretches.ticket_id,
    stretches.stretch_number,
    stretches.began_at,
    stretches.ended_at,
    stretches.next_began_at
from stretches
inner join tickets on stretches.ticket_id = tickets.ticket_id
where
    stretches.ended_at is distinct from stretches.next_began_at
    or stretches.ended_at <= stretches.began_at
    or stretches.stretch_number <> stretches.place
    or (stretches.stretch_number = 1 and stretches.began_at <> tickets.opened_at)
