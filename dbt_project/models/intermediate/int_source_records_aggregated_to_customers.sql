with

identified as (
    select * from {{ ref('int_source_records_identified') }}
),

records as (
    select * from {{ ref('source_records') }}
),

aggregated as (
    select
        identified.customer_id,
        count(*) as identity_count,
        concat_ws(
            ', ',
            max(case when identified.source_system = 'helpdesk' then 'helpdesk' end),
            max(case when identified.source_system = 'membership' then 'membership' end),
            max(case when identified.source_system = 'shop' then 'shop' end)
        ) as source_systems,
        min(records.first_seen_at) as first_seen_at
    from identified
    inner join records
        on identified.source_system = records.source_system
        and identified.source_table = records.source_table
        and identified.source_record_id = records.source_record_id
    group by identified.customer_id
)

select * from aggregated
