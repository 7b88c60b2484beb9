with

tickets as (
    select ticket_id, {{ json_map('metric_set') }} as metric_set from {{ ref('stg_helpdesk__tickets') }}
),

ticket_fields as (
    select * from {{ ref('int_ticket_fields_pivoted') }}
),

measures as (
    select * from {{ ref('helpdesk_measures') }}
),

entries as (
    select ticket_id, {{ rows_of('map_entries(metric_set)') }} as entry
    from tickets
    where metric_set is not null
),

metrics as (
    select
        ticket_id,
        entry.key as field,
        entry.value,
        {{ json_map('entry.value') }} as by_clock
    from entries
),

figures as (
    select
        metrics.ticket_id,
        measures.measure,
        try_cast(
            case when measures.clock is null then metrics.value else metrics.by_clock[measures.clock] end
            as decimal(18, 2)
        ) as reported,
        cast(null as timestamp) as reported_at
    from metrics
    inner join measures on metrics.field = measures.field
    union all
    select ticket_id, 'reopen_count' as measure, reopen_count as reported, null as reported_at from ticket_fields
    union all
    select ticket_id, 'reassignment_count' as measure, reassignment_count as reported, null as reported_at
    from ticket_fields
    union all
    select ticket_id, 'sla_met' as measure, cast(is_sla_met as integer) as reported, null as reported_at
    from ticket_fields
    union all
    select ticket_id, 'resolved_at' as measure, null as reported, resolved_at as reported_at from ticket_fields
    union all
    select ticket_id, 'closed_at' as measure, null as reported, closed_at as reported_at from ticket_fields
),

reported as (
    select * from figures where reported is not null or reported_at is not null
)

select * from reported
