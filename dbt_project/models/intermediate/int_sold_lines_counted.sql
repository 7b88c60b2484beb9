{% set groups = [('all', "'all'"), ('category', 'category'), ('product', 'product_id'), ('supplier', 'supplier_id')] -%}

with

items as (
    select
        product_id,
        cast({{ dbt.date_trunc('month', 'ordered_at') }} as date) as month,
        count(*) as line_count,
        sum(quantity) as quantity
    from {{ ref('order_items') }}
    where is_sale
    group by product_id, cast({{ dbt.date_trunc('month', 'ordered_at') }} as date)
),

products as (
    select * from {{ ref('stg_shop__products') }}
),

known as (
    select
        items.*,
        products.category,
        products.supplier_id
    from items
    left join products on items.product_id = products.product_id
),

grouped as (
    {%- for grouped_by, group_id in groups %}
        select
            '{{ grouped_by }}' as grouped_by,
            {{ group_id }} as group_id,
            month,
            line_count,
            quantity
        from known
        where {{ group_id }} is not null
        {{ 'union all' if not loop.last }}
    {%- endfor %}
),

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
        counts_in as month,
        coalesce(sum(case when is_now then line_count end), 0) as line_count,
        coalesce(sum(case when not is_now then line_count end), 0) as line_count_before,
        coalesce(sum(case when is_now then quantity end), 0) as quantity,
        coalesce(sum(case when not is_now then quantity end), 0) as quantity_before
    from moved
    where counts_in <= {{ as_of_date() }}
    group by grouped_by, group_id, counts_in
)

select * from counted
