{{ config(materialized='table') }}
{#- Of one value the writing of the fullest record, of equals that of the one changed last. -#}
{% set fullest = '1000000 * completeness + record_order' %}

with

written as (
    select * from {{ ref('int_field_values_written') }}
),

listed as (
    select * from {{ ref('excluded_identifiers') }}
),

counted as (
    select
        customer_id,
        field,
        value_key,
        max_by(value, {{ fullest }}) as value,
        max_by(record_key, {{ fullest }}) as record_key,
        count(*) as record_count,
        max(updated_at) as updated_at,
        max(record_order) as record_order,
        max(completeness) as completeness,
        max(rejected_because) as rejected_because,
        max(is_verified) as is_verified
    from written
    group by customer_id, field, value_key
),

-- an e-mail address or a number that other customers use as well
shared as (
    select
        field,
        value_key,
        count(*) as customer_count
    from counted
    where field in ('email', 'phone')
    group by field, value_key
    having count(*) > 1
),

judged as (
    select
        counted.*,
        shared.customer_count is null and counted.rejected_because is null as is_own,
        case
            when counted.rejected_because <> '{{ role_address() }}' then counted.rejected_because
            when listed.identifier is not null then 'placeholder'
            when shared.customer_count >= {{ var('shared_identifier_names') }} then 'shared by many'
        end as unusable_because
    from counted
    left join shared
        on counted.field = shared.field
        and counted.value_key = shared.value_key
    left join listed
        on counted.field = listed.identifier_type
        and counted.value_key = listed.identifier
)

select * from judged
