with

entries as (
    select
        *,
        {{ growth_entry_in_words() }} as in_words,
        {{ growth_entry_in_words('zh') }} as in_words_zh
    from {{ ref('int_growth_entries_ranked') }}
),

aggregated as (
    select
        customer_id,
        concat_ws(
            '; ',
            max(case when entry_rank = 1 then in_words end),
            max(case when entry_rank = 2 then in_words end),
            max(case when entry_rank = 3 then in_words end)
        ) as largest_entries,
        concat_ws(
            '；',
            max(case when entry_rank = 1 then in_words_zh end),
            max(case when entry_rank = 2 then in_words_zh end),
            max(case when entry_rank = 3 then in_words_zh end)
        ) as largest_entries_zh
    from entries
    group by customer_id
)

select * from aggregated
