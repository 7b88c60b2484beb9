with

reported as (
    select * from {{ ref('int_ticket_figures_reported') }}
),

measures as (
    select * from {{ ref('helpdesk_measures') }}
),

counted as (
    select * from {{ ref('int_ticket_figures_counted') }}
),

tickets as (
    select ticket_id, is_open, has_events from {{ ref('tickets') }}
),

counters as (
    select * from {{ ref('int_ticket_counters_compared') }}
),

oddities as (
    select * from {{ ref('int_ticket_oddities_counted') }}
),

event_times as (
    select distinct ticket_id, occurred_at from {{ ref('stg_helpdesk__ticket_events') }}
),

compared as (
    select
        reported.ticket_id,
        reported.measure,
        measures.our_column,
        measures.unit,
        counted.ours,
        reported.reported as helpdesks,
        counted.ours_at,
        reported.reported_at as helpdesks_at,
        coalesce(
            counted.ours - reported.reported,
            cast({{ seconds_between('reported.reported_at', 'counted.ours_at') }} / 60.0 as decimal(18, 2))
        ) as difference,
        measures.equal_within,
        measures.known_difference
    from reported
    inner join measures on reported.measure = measures.measure
    left join counted on reported.ticket_id = counted.ticket_id and measures.our_column = counted.our_column
),

judged as (
    select
        compared.ticket_id,
        compared.measure,
        compared.our_column,
        compared.unit,
        compared.ours,
        compared.helpdesks,
        compared.ours_at,
        compared.helpdesks_at,
        compared.difference,
        abs(compared.difference) <= compared.equal_within as is_equal,
        case
            when abs(compared.difference) <= compared.equal_within then null
            else {{ reconciliation_in_words() | indent(12) }}
        end as reason
    from compared
    inner join tickets on compared.ticket_id = tickets.ticket_id
    left join oddities on compared.ticket_id = oddities.ticket_id
    left join event_times
        on compared.ticket_id = event_times.ticket_id and compared.helpdesks_at = event_times.occurred_at
    left join counters on compared.ticket_id = counters.ticket_id and compared.measure = counters.measure
)

select * from judged
