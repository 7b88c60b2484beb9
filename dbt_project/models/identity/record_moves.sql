with

assignments as (
    select * from {{ ref('record_assignments') }}
    where valid_to is null
),

published as (
    select * from {{ source('identity', 'published_assignments') }}
),

moves as (
    select
        assignments.record_key,
        published.customer_id as from_customer_id,
        assignments.customer_id as to_customer_id,
        assignments.valid_from as since
    from assignments
    inner join published on assignments.record_key = published.record_key
    where assignments.customer_id <> published.customer_id
)

select * from moves
