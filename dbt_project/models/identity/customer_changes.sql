with

assignments as (
    select * from {{ ref('record_assignments') }}
    where valid_to is null
),

published as (
    select * from {{ source('identity', 'published_assignments') }}
),

id_history as (
    select * from {{ ref('customer_id_history') }}
),

flows as (
    select
        published.customer_id as from_customer_id,
        assignments.customer_id as to_customer_id,
        count(*) as record_count,
        min(assignments.valid_from) as since
    from assignments
    full outer join published on assignments.record_key = published.record_key
    group by published.customer_id, assignments.customer_id
),

-- what else is known of either end: is the id on both sides of the change, and is there any known customer behind it?
weighed as (
    select
        *,
        from_customer_id in (select customer_id from assignments) as is_from_in_use,
        to_customer_id in (select customer_id from published) as was_to_in_use,
        max(from_customer_id) over (partition by to_customer_id) as any_origin,
        max(to_customer_id) over (partition by from_customer_id) as any_destination
    from flows
),

judged as (
    select
        case
            when from_customer_id is null and any_origin is null then 'new'
            when to_customer_id is null and any_destination is null then 'retired'
            when from_customer_id = to_customer_id then null
            when from_customer_id is null or to_customer_id is null then null
            when not was_to_in_use then 'split'
            when not is_from_in_use then 'merged'
            else 'moved'
        end as kind,
        *
    from weighed
),

changes as (
    select
        judged.kind,
        judged.from_customer_id,
        judged.to_customer_id,
        judged.record_count,
        coalesce(judged.since, id_history.valid_to) as since
    from judged
    left join id_history on judged.from_customer_id = id_history.customer_id
    where judged.kind is not null
)

select * from changes
