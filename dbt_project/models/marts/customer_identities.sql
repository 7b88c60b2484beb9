with

assignments as (
    select * from {{ ref('record_assignments') }}
),

history as (
    select
        source_system,
        source_table,
        source_record_id,
        customer_id,
        match_rule,
        match_probability,
        valid_from,
        valid_to
    from assignments
)

select * from history
