with

owners as (
    select * from {{ ref('int_owners_aggregated_to_customers') }}
),

conflicts as (
    select * from {{ ref('int_owner_conflicts_found') }}
),

joined as (
    select
        owners.customer_id,
        owners.owner_id,
        owners.owner_type,
        owners.served_count,
        owners.first_at,
        owners.last_at,
        owners.is_current,
        conflicts.owner_id is not null as is_conflict,
        conflicts.conflict_reason,
        conflicts.conflicting_owner_id,
        conflicting.first_at as conflicting_owner_since,
        conflicts.treated_as_new_at,
        conflicts.treated_as_new_record
    from owners
    left join conflicts
        on owners.customer_id = conflicts.customer_id
        and owners.owner_type = conflicts.owner_type
        and owners.owner_id = conflicts.owner_id
    left join owners as conflicting
        on conflicts.customer_id = conflicting.customer_id
        and conflicts.owner_type = conflicting.owner_type
        and conflicts.conflicting_owner_id = conflicting.owner_id
)

select * from joined
