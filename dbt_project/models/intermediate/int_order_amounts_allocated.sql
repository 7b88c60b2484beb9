with

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

items as (
    select
        order_id,
        order_item_id,
        discount_amount,
        cast(quantity * unit_price as decimal(18, 4)) as line_amount
    from {{ ref('stg_shop__order_items') }}
),

returns as (
    select * from {{ ref('int_returns_matched_to_orders') }}
    where refunded_at is not null and rejected_reason is null and order_item_id is null
),

line_discounts as (
    select order_id, sum(discount_amount) as discount_amount from items
    where discount_amount <> 0
    group by order_id
),

-- the shop's order discount is the whole one: what its lines already carry is not allocated again
order_discounts as (
    select
        orders.order_id,
        orders.discount_amount - coalesce(line_discounts.discount_amount, 0) as amount
    from orders
    left join line_discounts on orders.order_id = line_discounts.order_id
    where orders.discount_amount > coalesce(line_discounts.discount_amount, 0)
),

amounts as (
    select order_id, 'discount' as amount_type, cast(null as {{ dbt.type_string() }}) as return_id, amount
    from order_discounts
    union all
    select order_id, 'refund' as amount_type, return_id, refund_amount as amount from returns
),

lines as (
    select
        amounts.order_id,
        amounts.amount_type,
        amounts.return_id,
        amounts.amount,
        items.order_item_id,
        items.line_amount,
        sum(items.line_amount) over (
            partition by amounts.order_id, amounts.amount_type, amounts.return_id
        ) as order_amount,
        row_number() over (
            partition by amounts.order_id, amounts.amount_type, amounts.return_id
            order by items.line_amount desc, items.order_item_id asc
        ) as line_rank
    from amounts
    inner join items on amounts.order_id = items.order_id
),

shares as (
    select
        *,
        coalesce({{ share_of('amount', 'line_amount', 'order_amount') }}, 0) as share
    from lines
),

-- pro rata to the cent; the largest line takes what rounding leaves
allocated as (
    select
        order_item_id,
        amount_type,
        return_id,
        cast(
            case
                when line_rank = 1
                    then share + amount - sum(share) over (partition by order_id, amount_type, return_id)
                else share
            end as decimal(18, 4)
        ) as amount
    from shares
)

select * from allocated
