with

entries as (
    select * from {{ ref('int_growth_entries_ranked') }}
),

largest as (
    select
        customer_id,
        max(case when entry_rank = 1 then {{ growth_entry_in_words() }} end) as first_entry,
        max(case when entry_rank = 2 then {{ growth_entry_in_words() }} end) as second_entry,
        max(case when entry_rank = 3 then {{ growth_entry_in_words() }} end) as third_entry
    from entries
    group by customer_id
),

aggregated as (
    select customer_id, concat_ws('; ', first_entry, second_entry, third_entry) as largest_entries from largest
)

select * from aggregated
