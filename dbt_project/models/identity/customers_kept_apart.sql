with

decisions as (
    select * from {{ source('identity', 'match_decisions') }}
),

assignments as (
    select * from {{ ref('record_assignments') }}
    where valid_to is null
),

in_force as (
    select * from decisions
    qualify row_number() over (
        partition by record_key_a, record_key_b order by decided_at desc, decision_id desc
    ) = 1
),

kept_apart as (
    select
        least(a.customer_id, b.customer_id) as customer_id_a,
        greatest(a.customer_id, b.customer_id) as customer_id_b,
        max(in_force.decided_at) as decided_at
    from in_force
    inner join assignments as a on in_force.record_key_a = a.record_key
    inner join assignments as b on in_force.record_key_b = b.record_key
    where in_force.decision = 'unlink' and a.customer_id <> b.customer_id
    group by least(a.customer_id, b.customer_id), greatest(a.customer_id, b.customer_id)
)

select * from kept_apart
