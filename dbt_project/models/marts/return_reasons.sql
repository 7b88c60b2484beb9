{% set lines = 'least(line_count, sold_line_count)' -%}
{% set lines_before = 'least(line_count_before, sold_line_count_before)' -%}
{% set low, high = wilson_bound(lines, 'sold_line_count', 'low'), wilson_bound(lines, 'sold_line_count', 'high') -%}
{% set low_before = wilson_bound(lines_before, 'sold_line_count_before', 'low') -%}
{% set high_before = wilson_bound(lines_before, 'sold_line_count_before', 'high') -%}

with

returned as (
    select * from {{ ref('int_return_reasons_counted') }}
),

sold as (
    select * from {{ ref('int_sold_lines_counted') }}
),

joined as (
    select
        returned.*,
        coalesce(sold.quantity, 0) as sold_quantity,
        coalesce(sold.quantity_before, 0) as sold_quantity_before,
        coalesce(sold.line_count, 0) as sold_line_count,
        coalesce(sold.line_count_before, 0) as sold_line_count_before
    from returned
    left join sold
        on
        returned.grouped_by = sold.grouped_by
        and returned.group_id = sold.group_id
        and returned.month = sold.month
),

-- Among many reasons some rise by chance: the intervals of both shares must lie apart. They are of lines, since an
-- order for thirty copies that comes back is one decision, not thirty.
compared as (
    select
        *,
        returned_quantity / nullif(sold_quantity, 0) as returned_share,
        returned_quantity_before / nullif(sold_quantity_before, 0) as returned_share_before,
        sold_line_count < 30 or line_count + line_count_before < 5 as is_small_sample,
        {{ high_before }}
        < {{ low }} as is_more,
        {{ low_before }} > {{ high }} as is_less
    from joined
),

reasons as (
    select
        month,
        grouped_by,
        group_id,
        reason,
        cast(return_count as integer) as return_count,
        cast(return_count_before as integer) as return_count_before,
        cast(returned_quantity as decimal(18, 4)) as returned_quantity,
        cast(sold_quantity as decimal(18, 4)) as sold_quantity,
        cast(returned_share as decimal(9, 4)) as returned_share,
        cast(returned_share_before as decimal(9, 4)) as returned_share_before,
        cast(returned_share - returned_share_before as decimal(9, 4)) as share_change,
        is_small_sample,
        case
            when is_small_sample then 'too few to say'
            when is_more then 'more than before'
            when is_less then 'less than before'
            else 'no clear difference'
        end as trend,
        cast({{ dbt.last_day('month', 'month') }} as date) <= {{ as_of_date() }} as is_complete
    from compared
)

select * from reasons
