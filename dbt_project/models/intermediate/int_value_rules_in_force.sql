with

rules as (
    select * from {{ ref('value_rules') }}
    where {{ is_in_force(as_of_date()) }}
),

in_force as (
    select
        max(case when rule = 'scored_buyers_from' then amount end) as scored_buyers_from,
        max(case when rule = 'distance_bands' then amount end) as distance_bands,
        max(case when rule = 'similar_customers_from' then amount end) as similar_customers_from,
        max(case when rule = 'falling_below' then amount end) as falling_below,
        max(case when rule = 'silent_order_days_from' then amount end) as silent_order_days_from,
        max(case when rule = 'silent_gaps_over' then amount end) as silent_gaps_over,
        max(case when rule = 'silent_days_from' then amount end) as silent_days_from,
        max(case when rule = 'leaving_days' then amount end) as leaving_days
    from rules
)

select * from in_force
