{{ config(materialized='table') }}
{% set ranks = range(1, 6) %}

with

compared as (
    select * from {{ ref('int_field_values_compared') }}
),

-- Values that can be used come first, then rule after rule decides; what is equal by all of them is decided by the
-- value itself. What made a value better is the first rule by which it beats the next best.
ranked as (
    select
        customer_id,
        field,
        value_key,
        row_number() over (best_first) as value_rank,
        case
            when lead(unusable_because) over (best_first) is not null then 'only_value'
            {%- for rank in ranks %}
                when score_{{ rank }} > lead(score_{{ rank }}) over (best_first) then rule_{{ rank }}
            {%- endfor %}
            else 'no_difference'
        end as better_by
    from compared
    window best_first as (
        partition by customer_id, field
        order by
            case when unusable_because is null then 1 else 2 end asc,
            {%- for rank in ranks %}
                score_{{ rank }} desc,
            {%- endfor %}
            value_key asc
    )
)

select * from ranked
