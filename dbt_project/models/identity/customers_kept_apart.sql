with

decisions as (
    select * from {{ ref('decisions_in_force') }}
    where decision = 'unlink'
),

assignments as (
    select * from {{ ref('record_assignments') }}
    where valid_to is null
),

kept_apart as (
    select
        least(a.customer_id, b.customer_id) as customer_id_a,
        greatest(a.customer_id, b.customer_id) as customer_id_b,
        max(decisions.decided_at) as decided_at
    from decisions
    inner join assignments as a on decisions.record_key_a = a.record_key
    inner join assignments as b on decisions.record_key_b = b.record_key
    where a.customer_id <> b.customer_id
    group by least(a.customer_id, b.customer_id), greatest(a.customer_id, b.customer_id)
)

select * from kept_apart
