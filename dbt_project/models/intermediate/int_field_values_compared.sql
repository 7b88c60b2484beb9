with

candidates as (
    select * from {{ ref('int_field_values_counted') }}
),

customers as (
    select * from {{ ref('int_customers_typed') }}
),

rules as (
    select * from {{ ref('int_survivorship_rules_in_force') }}
),

-- most fields of most customers have one value: only where there are more is there anything to decide
contested as (
    select
        customer_id,
        field
    from candidates
    group by customer_id, field
    having count(*) > 1
),

compared as (
    select
        candidates.customer_id,
        candidates.field,
        candidates.value_key,
        candidates.record_count,
        candidates.record_order,
        candidates.completeness,
        candidates.is_verified,
        candidates.is_own,
        candidates.unusable_because,
        {{ is_written_in_chinese('candidates.value') }} as is_in_chinese,
        case customers.account_type when 'organisation' then 'organisation' else 'individual' end as judged_as
    from candidates
    inner join contested
        on candidates.customer_id = contested.customer_id
        and candidates.field = contested.field
    inner join customers on candidates.customer_id = customers.customer_id
),

with_scripts as (
    select
        *,
        sum(record_count) over (partition by customer_id, field, is_in_chinese) as script_record_count
    from compared
),

scored as (
    select
        with_scripts.customer_id,
        with_scripts.field,
        with_scripts.value_key,
        {%- for rank in range(1, 6) %}
            rules.rule_{{ rank }},
            {{ survivorship_score('rules.rule_' ~ rank) }} as score_{{ rank }},
        {%- endfor %}
        with_scripts.unusable_because
    from with_scripts
    left join rules
        on with_scripts.field = rules.field
        and with_scripts.judged_as = rules.account_type
)

select * from scored
