with

items as (
    select * from {{ ref('order_items') }}
    where is_sale and quantity > returned_quantity and ordered_at < {{ as_of_end() }}
),

products as (
    select product_id, category from {{ ref('stg_shop__products') }}
),

customers as (
    select customer_id, judged_as from {{ ref('int_customer_value_tiers_reached') }}
    where standpoint = 'now'
),

standpoints as (
    select * from {{ ref('int_value_standpoints') }}
    where standpoint = 'now'
),

counted as (
    select
        items.customer_id,
        count(distinct products.category) as category_count
    from items
    inner join customers on items.customer_id = customers.customer_id
    inner join standpoints on customers.judged_as = standpoints.account_type
    left join products on items.product_id = products.product_id
    where cast(items.ordered_at as date) >= standpoints.period_from
    group by items.customer_id
)

select * from counted
