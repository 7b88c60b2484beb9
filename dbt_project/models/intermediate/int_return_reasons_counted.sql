{% set groups = [('all', "'all'"), ('category', 'category'), ('product', 'product_id'), ('supplier', 'supplier_id')] -%}

with

lines as (
    select * from {{ ref('int_returned_lines_listed') }}
),

grouped as (
    {%- for grouped_by, group_id in groups %}
        select
            '{{ grouped_by }}' as grouped_by,
            {{ group_id }} as group_id,
            coalesce(reason, 'not said') as reason,
            month,
            return_id,
            quantity
        from lines
        where {{ group_id }} is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

-- a return counts in its month, and as what was before in the three that follow
moved as (
    select
        grouped.*,
        months.months_after = 0 as is_now,
        cast({{ dbt.dateadd('month', 'months.months_after', 'grouped.month') }} as date) as counts_in
    from grouped
    cross join {{ months_after(3) | indent(4) }} as months
),

counted as (
    select
        grouped_by,
        group_id,
        reason,
        counts_in as month,
        count(distinct case when is_now then return_id end) as return_count,
        count(distinct case when not is_now then return_id end) as return_count_before,
        count(case when is_now then 1 end) as line_count,
        count(case when not is_now then 1 end) as line_count_before,
        coalesce(sum(case when is_now then quantity end), 0) as returned_quantity,
        coalesce(sum(case when not is_now then quantity end), 0) as returned_quantity_before
    from moved
    where counts_in <= {{ as_of_date() }}
    group by grouped_by, group_id, reason, counts_in
)

select * from counted
