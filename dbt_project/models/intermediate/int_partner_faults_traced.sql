with

rules as (
    select * from {{ ref('responsible_roles') }}
),

orders as (
    select order_id, carrier_id, distributor_id from {{ ref('orders') }}
),

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
        case when count(distinct lines.supplier_id) = 1 and count(*) = count(lines.supplier_id) then min(lines.supplier_id) end
            as supplier_id
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
        'complaint', complaint_id, order_id, customer_id, cast(occurred_at as date), supplier_id, null, null, cause
    from {{ ref('complaints') }}
),

-- The first who could answer: nobody does in a role that the order had nobody in. Of an order that is not known
-- nobody can tell who else was in it.
answering as (
    select
        told.source,
        told.record_id,
        rules.role,
        case rules.role
            when 'carrier' then orders.carrier_id
            when 'distributor' then orders.distributor_id
            when 'supplier' then told.supplier_id
        end as partner_id
    from told
    left join orders on told.order_id = orders.order_id
    inner join rules
        on
        rules.value = case rules.said when 'fault' then told.fault when 'reason' then told.reason else told.complaint end
        and {{ is_in_force('told.occurred_on', 'rules') }}
    where
        partner_id is not null
        or (rules.role in ('shop', 'customer') and (rules.role_rank = 1 or orders.order_id is not null))
    qualify row_number() over (
        partition by told.source, told.record_id order by case rules.said when 'fault' then 0 else 1 end, rules.role_rank
    ) = 1
),

traced as (
    select
        told.source,
        told.record_id,
        told.order_id,
        told.customer_id,
        told.occurred_on,
        coalesce(told.reason, told.complaint) as cause,
        coalesce(answering.role, 'unknown') as role,
        answering.partner_id
    from told
    left join answering on told.source = answering.source and told.record_id = answering.record_id
)

select * from traced
