with

counted as (
    select * from {{ ref('int_field_values_counted') }}
),

ranked as (
    select * from {{ ref('int_field_values_ranked') }}
),

-- most fields of most customers have one value: there is nothing to decide
placed as (
    select
        counted.*,
        coalesce(ranked.value_rank, 1) as value_rank,
        coalesce(ranked.better_by, 'only_value') as better_by
    from counted
    left join ranked
        on counted.customer_id = ranked.customer_id
        and counted.field = ranked.field
        and counted.value_key = ranked.value_key
),

survived as (
    select
        customer_id,
        field,
        value_rank,
        value_rank = 1 and unusable_because is null as is_golden,
        case when value_rank = 1 and unusable_because is null then better_by end as rule,
        unusable_because,
        value,
        value_key as value_normalised,
        record_key,
        record_count,
        is_verified,
        updated_at
    from placed
)

select * from survived
