with

assignments as (
    select * from {{ ref('record_assignments') }}
),

known_ids as (
    select
        customer_id,
        min(valid_from) as valid_from,
        case when count(*) = count(valid_to) then max(valid_to) end as valid_to
    from assignments
    group by customer_id
),

-- where the records of a retired id are now; most of them, should they have gone different ways
last_records as (
    select
        retired.customer_id,
        now.customer_id as current_customer_id,
        count(*) as record_count
    from assignments as retired
    inner join known_ids
        on retired.customer_id = known_ids.customer_id
        and retired.valid_to = known_ids.valid_to
    inner join assignments as now
        on retired.record_key = now.record_key
        and now.valid_to is null
    group by retired.customer_id, now.customer_id
),

successors as (
    select customer_id, current_customer_id from last_records
    qualify row_number() over (partition by customer_id order by record_count desc, current_customer_id asc) = 1
),

resolved as (
    select
        known_ids.customer_id,
        case
            when known_ids.valid_to is null then known_ids.customer_id
            else successors.current_customer_id
        end as current_customer_id,
        known_ids.valid_from,
        known_ids.valid_to
    from known_ids
    left join successors on known_ids.customer_id = successors.customer_id
)

select * from resolved
