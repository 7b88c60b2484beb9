with

decisions as (
    select * from {{ source('identity', 'match_decisions') }}
),

in_force as (
    select
        record_key_a,
        record_key_b,
        decision,
        decision_id,
        decided_at,
        decided_by
    from decisions
    qualify row_number() over (
        partition by record_key_a, record_key_b order by decided_at desc, decision_id desc
    ) = 1
)

select * from in_force
