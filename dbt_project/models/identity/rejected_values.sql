with

records as (
    select * from {{ ref('source_records') }}
),

listed as (
    select
        record_key,
        {{ rows_of('rejected_values') }} as rejected_value,
        _loaded_at
    from records
),

rejected as (
    select
        record_key,
        rejected_value.field,
        rejected_value.reason,
        _loaded_at
    from listed
)

select * from rejected
