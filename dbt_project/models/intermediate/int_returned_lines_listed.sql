with

returns as (
    select * from {{ ref('returns') }}
),

items as (
    select * from {{ ref('order_items') }}
),

products as (
    select
        product_id,
        category,
        supplier_id
    from {{ ref('stg_shop__products') }}
),

-- a return of a whole order is a return of each of its lines
listed as (
    select
        returns.return_id,
        items.order_item_id,
        returns.reason,
        cast({{ dbt.date_trunc('month', 'returns.requested_on') }} as date) as month,
        items.product_id,
        products.category,
        products.supplier_id,
        case when returns.order_item_id is null then items.quantity else returns.quantity end as quantity
    from returns
    inner join items
        on
        returns.order_id = items.order_id
        and coalesce(returns.order_item_id, items.order_item_id) = items.order_item_id
    left join products on items.product_id = products.product_id
)

select * from listed
