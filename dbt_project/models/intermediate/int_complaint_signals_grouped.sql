with

signals as (
    select
        *,
        concat(source_table, '-', source_record_id) as record_id,
        coalesce(customer_id, 'nobody known') as complainant,
        -- the order, where one is known: a ticket about it and its return are one matter
        coalesce('order ' || order_id, 'ticket ' || ticket_id, concat(source_table, ' ', source_record_id)) as matter
    from {{ ref('int_complaint_signals_found') }}
),

rules as (
    select * from {{ ref('feedback_rules') }} where rule = 'one_complaint'
),

spaced as (
    select
        *,
        lag(occurred_at) over in_order as previous_at
    from signals
    window in_order as (partition by complainant, matter order by occurred_at, record_id, signal)
),

begun as (
    select
        spaced.*,
        case
            when {{ seconds_between('spaced.previous_at', 'spaced.occurred_at') }} <= 86400 * rules.days then 0
            else 1
        end as is_first
    from spaced
    left join rules on {{ is_in_force('cast(spaced.occurred_at as date)', 'rules') }}
),

numbered as (
    select
        *,
        sum(is_first) over (
            partition by complainant, matter order by occurred_at, record_id, signal
            rows between unbounded preceding and current row
        ) as complaint_number
    from begun
),

named as (
    select
        first_value(record_id) over (
            partition by complainant, matter, complaint_number order by occurred_at, record_id, signal
        ) as complaint_id,
        signal,
        cause,
        source_table,
        source_record_id,
        customer_id,
        occurred_at,
        ticket_id,
        order_id,
        case source_table when 'returns' then source_record_id end as return_id,
        complainant,
        matter,
        complaint_number
    from numbered
),

-- the first that says what it is about
ranked as (
    select
        *,
        row_number() over (
            partition by complainant, matter, complaint_number
            order by case cause when 'not_said' then 1 else 0 end, occurred_at, source_table, source_record_id, signal
        ) as cause_rank
    from named
)

select * from ranked
