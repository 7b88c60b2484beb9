with

signals as (
    select * from {{ ref('complaint_signals') }}
),

answers as (
    select * from {{ ref('satisfaction') }}
    where outcome = 'dissatisfied' and (customer_id is not null or problem is null)
),

returns as (
    select
        stg_shop__returns.*,
        orders.customer_id
    from {{ ref('stg_shop__returns') }} as stg_shop__returns
    inner join {{ ref('int_orders_identified') }} as orders on stg_shop__returns.order_id = orders.order_id
    where stg_shop__returns.fault not in ('customer', 'buyer')
),

tickets as (
    select * from {{ ref('int_tickets_identified') }}
),

tags as (
    select * from {{ ref('int_ticket_tags_listed') }}
),

-- what customers did, and may have meant as a complaint
seen as (
    select
        case source_table when 'surveys' then 'dissatisfied_answer' else 'bad_rating' end as signal,
        coalesce(case source_table when 'surveys' then topic else reason end, 'not said') as value,
        source_table,
        source_record_id,
        customer_id,
        occurred_at,
        ticket_id,
        order_id
    from answers
    union all
    {{ sign('seller_fault_return', "coalesce(reason, 'not said')", 'returns', 'return_id', 'requested_at', none) }}
    from returns
    union all
    {{ sign('ticket_type', 'ticket_type', 'tickets', 'tickets.ticket_id', 'opened_at', 'tickets.ticket_id') }}
    from tickets
    union all
    {{ sign('ticket_tag', 'tag', 'tickets', 'tickets.ticket_id', 'tagged_at', 'tickets.ticket_id') }}
    from tags
    inner join tickets on tags.ticket_id = tickets.ticket_id
),

-- of several tags of a ticket the first that says more counts
meant as (
    select
        seen.*,
        signals.cause
    from seen
    inner join signals
        on seen.signal = signals.signal
        and signals.value in (seen.value, '*')
        and {{ is_in_force('cast(seen.occurred_at as date)', 'signals') }}
    qualify row_number() over (
        partition by seen.signal, seen.source_table, seen.source_record_id
        order by
            case when signals.value = '*' then 2 when signals.cause = 'not_said' then 1 else 0 end,
            seen.occurred_at,
            seen.value
    ) = 1
)

select * from meant
