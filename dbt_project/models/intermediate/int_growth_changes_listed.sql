with

entries as (
    select * from {{ ref('int_growth_entries') }}
),

changes as (
    select
        customer_id,
        entry_id,
        known_at as changed_at,
        case source_table
            when 'returns' then 'late refund'
            when 'order_items' then 'late order'
            else 'late activity'
        end as restated_because,
        coalesce(order_id, source_record_id) as restated_by,
        counts_from as restated_from,
        1 as change_rank
    from entries
    union all
    select
        customer_id,
        entry_id,
        known_until as changed_at,
        restated_because,
        coalesce(order_id, source_record_id) as restated_by,
        counts_from as restated_from,
        0 as change_rank
    from entries
    where known_until is not null
)

select * from changes
