with

records as (
    select * from {{ ref('source_records') }}
),

members as (
    select * from {{ ref('stg_membership__members') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

purchases as (
    select
        activities.member_id,
        orders.order_id,
        orders.shop_customer_id,
        max(activities._loaded_at) as _loaded_at
    from {{ ref('stg_membership__activities') }} as activities
    inner join orders on activities.reference = orders.order_id
    where activities.activity_type = 'purchase'
    group by activities.member_id, orders.order_id, orders.shop_customer_id
),

-- the member whose card was shown, and the record that stands for whoever placed the order
matched as (
    select
        {{ record_key("'membership'", "'members'", 'purchases.member_id') }} as record_key,
        purchases.order_id,
        purchases._loaded_at
    from purchases
    where purchases.member_id in (select member_id from members)
    union
    select
        records.record_key,
        purchases.order_id,
        records._loaded_at
    from purchases
    inner join records
        on records.record_key = {{ record_key("'shop'", "'customers'", 'purchases.shop_customer_id') }}
    union
    select
        records.record_key,
        purchases.order_id,
        records._loaded_at
    from purchases
    inner join records
        on records.record_key = {{ record_key("'shop'", "'orders'", 'purchases.order_id') }}
)

select * from matched
