with

assignments as (
    select * from {{ ref('record_assignments') }}
),

current_assignments as (
    select
        record_key,
        source_system,
        source_table,
        source_record_id,
        customer_id,
        match_rule,
        match_probability
    from assignments
    where valid_to is null
)

select * from current_assignments
