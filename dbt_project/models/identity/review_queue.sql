with

questions as (
    select * from {{ ref('undecided_customers') }}
),

order_counts as (
    select customer_id, count(*) as order_count
    from {{ ref('int_orders_identified') }}
    group by customer_id
),

records as (
    select * from {{ ref('source_records') }}
),

-- a coin's toss is the most worth asking, and so is what a guard held back; then what most orders hang on
valued as (
    select
        questions.*,
        case when outcome = 'held' then 1.0 else 4 * match_probability * (1 - match_probability) end as doubt,
        least(coalesce(orders_a.order_count, 0), coalesce(orders_b.order_count, 0)) as orders_at_stake
    from questions
    left join order_counts as orders_a on questions.customer_id_a = orders_a.customer_id
    left join order_counts as orders_b on questions.customer_id_b = orders_b.customer_id
),

queue as (
    select
        row_number() over (
            order by doubt * (1 + orders_at_stake) desc, match_probability desc, record_key_a asc, record_key_b asc
        ) as review_rank,
        record_key_a,
        record_key_b,
        customer_id_a,
        customer_id_b,
        outcome,
        match_rule,
        match_probability,
        reason,
        pair_count,
        orders_at_stake,
        a.account_type as account_type_a,
        b.account_type as account_type_b,
        a.full_name as full_name_a,
        b.full_name as full_name_b,
        a.email_normalised as email_a,
        b.email_normalised as email_b,
        a.phone_normalised as phone_a,
        b.phone_normalised as phone_b,
        a.born_on as born_on_a,
        b.born_on as born_on_b,
        a.address_normalised as address_a,
        b.address_normalised as address_b,
        a.city_normalised as city_a,
        b.city_normalised as city_b,
        a.postcode_normalised as postcode_a,
        b.postcode_normalised as postcode_b,
        a.first_seen_at as first_seen_at_a,
        b.first_seen_at as first_seen_at_b
    from valued
    inner join records as a on valued.record_key_a = a.record_key
    inner join records as b on valued.record_key_b = b.record_key
)

select * from queue
