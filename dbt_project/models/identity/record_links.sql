with

pairs as (
    select * from {{ ref('record_pairs') }}
),

rules as (
    select * from {{ ref('match_rules') }}
),

links as (
    select
        pairs.record_key_a,
        pairs.record_key_b,
        pairs.match_rule,
        rules.rule_rank,
        pairs.match_probability,
        pairs.reason
    from pairs
    left join rules on pairs.match_rule = rules.match_rule
    where pairs.outcome = 'link'
)

select * from links
