with

rules as (
    select * from {{ ref('comparison_rules') }}
    where {{ is_in_force(as_of_date()) }}
),

in_force as (
    select
        max(case rule when 'small_sample_below' then amount end) as small_sample_below,
        max(case rule when 'alike_tickets' then amount end) as alike_tickets,
        max(case rule when 'answered_within_days' then amount end) as answered_within_days,
        max(case rule when 'months_before' then amount end) as months_before,
        max(case rule when 'trend_cases_from' then amount end) as trend_cases_from
    from rules
)

select * from in_force
