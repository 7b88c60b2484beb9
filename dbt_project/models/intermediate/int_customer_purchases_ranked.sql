{{ config(materialized='table') }}

with

buyers as (
    select * from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now' and order_count > 0
),

categories as (
    select * from {{ ref('int_customer_categories_counted') }}
),

measured as (
    select
        buyers.customer_id,
        buyers.judged_as,
        {{ days_between('buyers.last_ordered_on', as_of_date()) }} as recency_days,
        buyers.order_count,
        buyers.net_sales,
        coalesce(categories.category_count, 0) as category_count
    from buyers
    left join categories on buyers.customer_id = categories.customer_id
),

-- how many of their kind do worse: equals have equal ranks, whatever the order of the rows
ranked as (
    select
        *,
        count(*) over (partition by judged_as) as buyer_count,
        rank() over (partition by judged_as order by recency_days desc) - 1 as less_recent_count,
        rank() over (partition by judged_as order by order_count) - 1 as less_frequent_count,
        rank() over (partition by judged_as order by net_sales) - 1 as less_money_count,
        rank() over (partition by judged_as order by category_count) - 1 as less_broad_count
    from measured
)

select * from ranked
