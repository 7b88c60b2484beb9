with

signals as (
    select * from {{ ref('int_complaint_signals_grouped') }}
),

gathered as (
    select
        complaint_id,
        customer_id,
        order_id,
        min(occurred_at) as occurred_at,
        max(occurred_at) as last_signal_at,
        cast(min(occurred_at) as date) as complained_on,
        cast(count(*) as integer) as signal_count,
        string_agg(distinct signal, ', ' order by signal) as signals,
        max(case when cause_rank = 1 then cause end) as cause,
        min(ticket_id) as ticket_id,
        min(return_id) as return_id
    from signals
    group by complaint_id, customer_id, order_id
)

select * from gathered
