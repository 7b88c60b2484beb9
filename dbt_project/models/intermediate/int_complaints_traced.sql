with

complaints as (
    select * from {{ ref('int_complaints_gathered') }}
),

items as (
    select
        items.order_id,
        items.order_item_id,
        items.product_id,
        products.supplier_id
    from {{ ref('stg_shop__order_items') }} as items
    left join {{ ref('stg_shop__products') }} as products on items.product_id = products.product_id
),

returned as (
    select
        returns.return_id,
        items.product_id,
        items.supplier_id
    from {{ ref('stg_shop__returns') }} as returns
    inner join items on returns.order_item_id = items.order_item_id and returns.order_id = items.order_id
),

-- Of an order of several products nobody can tell which one is meant, unless it came back.
ordered as (
    select
        order_id,
        case when count(distinct product_id) = 1 then min(product_id) end as product_id,
        case
            when count(distinct supplier_id) = 1 and count(*) = count(supplier_id) then min(supplier_id)
        end as supplier_id
    from items
    group by order_id
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

traced as (
    select
        complaints.complaint_id,
        case when returned.return_id is not null then returned.product_id else ordered.product_id end as product_id,
        case when returned.return_id is not null then returned.supplier_id else ordered.supplier_id end as supplier_id,
        orders.carrier_id,
        orders.distributor_id
    from complaints
    left join returned on complaints.return_id = returned.return_id
    left join ordered on complaints.order_id = ordered.order_id
    left join orders on complaints.order_id = orders.order_id
)

select * from traced
