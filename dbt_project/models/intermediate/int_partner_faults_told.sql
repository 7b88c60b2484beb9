with

lines as (
    select
        items.order_id,
        items.order_item_id,
        products.supplier_id
    from {{ ref('order_items') }} as items
    left join {{ ref('stg_shop__products') }} as products on items.product_id = products.product_id
),

-- of a return of a whole order of several suppliers nobody can tell whose goods were meant
returned as (
    select
        returns.return_id,
        case
            when count(distinct lines.supplier_id) = 1 and count(*) = count(lines.supplier_id)
                then min(lines.supplier_id)
        end as supplier_id
    from {{ ref('returns') }} as returns
    inner join lines
        on
        returns.order_id = lines.order_id
        and (returns.order_item_id is null or returns.order_item_id = lines.order_item_id)
    group by returns.return_id
),

told as (
    select
        'return' as source, returns.return_id as record_id, returns.order_id, returns.customer_id,
        returns.requested_on as occurred_on, returned.supplier_id, returns.fault, returns.reason,
        cast(null as {{ dbt.type_string() }}) as complaint
    from {{ ref('returns') }} as returns
    left join returned on returns.return_id = returned.return_id
    union all
    select
        'complaint' as source, complaint_id as record_id, order_id, customer_id,
        cast(occurred_at as date) as occurred_on, supplier_id, null as fault, null as reason, cause as complaint
    from {{ ref('complaints') }}
)

select * from told
