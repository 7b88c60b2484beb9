with

identifiers as (
    select * from {{ ref('record_identifiers') }}
),

excluded as (
    select * from {{ ref('excluded_values') }}
),

rules as (
    select * from {{ ref('match_rules') }}
),

usable as (
    select identifiers.*
    from identifiers
    left join excluded
        on identifiers.identifier_type = excluded.identifier_type
        and identifiers.identifier = excluded.identifier
    where excluded.identifier is null
),

shared as (
    select identifier_type, identifier from usable
    group by identifier_type, identifier
    having count(*) > 1
),

links as (
    select
        usable.record_key,
        usable.identifier_type,
        usable.identifier,
        rules.match_rule,
        rules.rule_rank,
        cast(rules.match_probability as double) as match_probability,
        usable._loaded_at
    from usable
    inner join shared
        on usable.identifier_type = shared.identifier_type
        and usable.identifier = shared.identifier
    inner join rules on usable.identifier_type = rules.identifier_type
)

select * from links
