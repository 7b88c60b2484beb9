with

pairs as (
    select
        record_key_a,
        record_key_b,
        match_rule,
        match_probability,
        reason,
        outcome
    from {{ ref('record_pairs') }}
    where outcome in ('review', 'held')
),

kept_apart as (
    select * from {{ ref('customers_kept_apart') }}
),

assignments as (
    select * from {{ ref('record_assignments') }}
    where valid_to is null
),

undecided as (
    select
        pairs.*,
        a.customer_id as customer_id_a,
        b.customer_id as customer_id_b,
        concat(least(a.customer_id, b.customer_id), ' ', greatest(a.customer_id, b.customer_id)) as question
    from pairs
    inner join assignments as a on pairs.record_key_a = a.record_key
    inner join assignments as b on pairs.record_key_b = b.record_key
    left join kept_apart
        on least(a.customer_id, b.customer_id) = kept_apart.customer_id_a
        and greatest(a.customer_id, b.customer_id) = kept_apart.customer_id_b
    where a.customer_id <> b.customer_id and kept_apart.customer_id_a is null
),

-- two customers are one question, however many pairs of their records raise it
questions as (
    select
        *,
        count(*) over (partition by question) as pair_count
    from undecided
    qualify row_number() over (
        partition by question order by match_probability desc, record_key_a asc, record_key_b asc
    ) = 1
)

select * from questions
