-- A row here is an order, a return, a ticket, a rating or a public comment of a known customer that is missing from
-- `customer_timeline`, is in it twice, or is another customer's there. Likely cause: an event type that seed
-- timeline_event_types lacks, or a join that drops or doubles.
with

timeline as (
    select * from {{ ref('customer_timeline') }}
),

expected as (
    select customer_id, 'order_placed' as what, order_id as record_id from {{ ref('orders') }}
    where ordered_at < {{ as_of_end() }}
    union all
    select returns.customer_id, 'return_requested' as what, returns.return_id as record_id
    from {{ ref('returns') }} as returns
    where returns.requested_on <= {{ as_of_date() }}
    union all
    select customer_id, 'ticket_opened' as what, ticket_id as record_id from {{ ref('tickets') }}
    where customer_id is not null and opened_at < {{ as_of_end() }}
    union all
    select customer_id, 'rating_given' as what, source_record_id as record_id from {{ ref('satisfaction') }}
    where source_table = 'satisfaction_ratings' and customer_id is not null and occurred_at < {{ as_of_end() }}
    union all
    select tickets.customer_id, 'comment' as what, concat(events.event_id, '-', events.part_number) as record_id
    from {{ ref('int_ticket_events_unnested') }} as events
    inner join {{ ref('tickets') }} as tickets on events.ticket_id = tickets.ticket_id
    where
        events.kind = 'comment'
        and events.is_public
        and coalesce(events.problem <> 'repeated', true)
        and tickets.customer_id is not null
        and events.occurred_at < {{ as_of_end() }}
    union all
    select customer_id, 'customer_repeated' as what, concat(event_id, '-', part_number) as record_id
    from {{ ref('ticket_events') }}
    where is_repeat and customer_id is not null and occurred_at < {{ as_of_end() }}
),

told as (
    select
        customer_id,
        case
            when event_type in ('customer_wrote', 'agent_replied', 'automatic_message') then 'comment'
            else event_type
        end as what,
        source_record_id as record_id
    from timeline
    where
        event_type in (
            'order_placed', 'return_requested', 'ticket_opened', 'rating_given', 'customer_wrote', 'agent_replied',
            'automatic_message', 'customer_repeated'
        )
),

counted as (
    select what, record_id, customer_id, count(*) as times from told group by what, record_id, customer_id
)

select
    coalesce(expected.what, counted.what) as what,
    coalesce(expected.record_id, counted.record_id) as record_id,
    counted.times
from expected
full join counted
    on
    expected.what = counted.what
    and expected.record_id = counted.record_id
    and expected.customer_id = counted.customer_id
where counted.times is distinct from 1 or expected.record_id is null
