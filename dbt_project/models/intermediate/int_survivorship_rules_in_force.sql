with

rules as (
    select * from {{ ref('survivorship_rules') }}
    where {{ is_in_force(as_of_date()) }}
),

account_types as (
    select 'individual' as account_type
    union all
    select 'organisation' as account_type
),

-- the rules of an account's own type replace those for both
applicable as (
    select
        rules.field,
        account_types.account_type,
        rules.rule_rank,
        rules.rule
    from rules
    inner join account_types on rules.account_type in ('*', account_types.account_type)
    qualify rank() over (
        partition by rules.field, account_types.account_type
        order by case when rules.account_type = '*' then 2 else 1 end
    ) = 1
),

in_force as (
    select
        {%- for rank in range(1, 6) %}
            max(case when rule_rank = {{ rank }} then rule end) as rule_{{ rank }},
        {%- endfor %}
        field,
        account_type
    from applicable
    group by field, account_type
)

select * from in_force
