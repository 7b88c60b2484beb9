with

owners_now as (
    select * from {{ ref('int_owners_aggregated_to_customers') }}
    where is_current
),

treated_as_new as (
    select * from {{ ref('int_customers_treated_as_new') }}
),

salespeople as (
    select
        *,
        row_number() over (partition by customer_id order by last_at desc, owner_id asc) as recency
    from owners_now
    where owner_type = 'salesperson'
),

-- beside each present salesperson the other one; of several, the one who served last
shared as (
    select
        salespeople.customer_id,
        salespeople.owner_type,
        salespeople.owner_id,
        others.owner_id as other_owner_id
    from salespeople
    inner join salespeople as others
        on salespeople.customer_id = others.customer_id
        and others.recency = case when salespeople.recency = 1 then 2 else 1 end
),

-- who took the customer for new is told so, rather than that there are two
found as (
    select
        owners_now.customer_id,
        owners_now.owner_type,
        owners_now.owner_id,
        case
            when treated_as_new.owner_id is not null then 'treated_as_new'
            when shared.owner_id is not null then 'served_by_two'
        end as conflict_reason,
        coalesce(treated_as_new.already_served_by, shared.other_owner_id) as conflicting_owner_id,
        treated_as_new.treated_as_new_at,
        treated_as_new.record_key as treated_as_new_record
    from owners_now
    left join treated_as_new
        on owners_now.customer_id = treated_as_new.customer_id
        and owners_now.owner_type = treated_as_new.owner_type
        and owners_now.owner_id = treated_as_new.owner_id
    left join shared
        on owners_now.customer_id = shared.customer_id
        and owners_now.owner_type = shared.owner_type
        and owners_now.owner_id = shared.owner_id
)

select * from found
where conflict_reason is not null
