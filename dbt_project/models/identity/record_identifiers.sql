with

records as (
    select * from {{ ref('source_records') }}
),

helpdesk_users as (
    select * from {{ ref('stg_helpdesk__users') }}
    where not is_staff
),

members as (
    select * from {{ ref('stg_membership__members') }}
),

orders as (
    select * from {{ ref('stg_shop__orders') }}
),

purchases as (
    select member_id, reference as order_id, max(_loaded_at) as _loaded_at
    from {{ ref('stg_membership__activities') }}
    where activity_type = 'purchase' and reference is not null
    group by member_id, reference
),

member_keys as (
    select
        *,
        {{ record_key("'membership'", "'members'", 'member_id') }} as record_key
    from members
),

user_keys as (
    select
        *,
        {{ record_key("'helpdesk'", "'users'", 'user_id') }} as record_key
    from helpdesk_users
),

-- the record that stands for whoever placed an order a member's card was shown for
purchase_orders as (
    select
        purchases.member_id,
        purchases.order_id,
        orders.shop_customer_id,
        purchases._loaded_at
    from purchases
    inner join orders on purchases.order_id = orders.order_id
),

buyers as (
    select
        purchase_orders.order_id,
        records.record_key,
        records._loaded_at
    from purchase_orders
    inner join records
        on records.record_key = {{ record_key("'shop'", "'customers'", 'purchase_orders.shop_customer_id') }}
    union
    select
        purchase_orders.order_id,
        records.record_key,
        records._loaded_at
    from purchase_orders
    inner join records
        on records.record_key = {{ record_key("'shop'", "'orders'", 'purchase_orders.order_id') }}
),

guest_orders_of_unknown_customers as (
    select
        records.record_key,
        orders.shop_customer_id,
        records._loaded_at
    from orders
    inner join records
        on records.source_record_id = orders.order_id
        and records.source_system = 'shop' and records.source_table = 'orders'
    where orders.shop_customer_id is not null
),

all_identifiers as (
    select record_key, 'card' as identifier_type, card_number as identifier, _loaded_at from member_keys
    union all
    select record_key, 'card' as identifier_type, external_card_number as identifier, _loaded_at from user_keys
    union all
    select record_key, 'member_id' as identifier_type, member_id as identifier, _loaded_at from member_keys
    union all
    select record_key, 'member_id' as identifier_type, external_id as identifier, _loaded_at from user_keys
    union all
    select record_key, 'shop_customer_id' as identifier_type, shop_customer_id as identifier, _loaded_at
    from guest_orders_of_unknown_customers
    union all
    select
        {{ record_key("'membership'", "'members'", 'member_id') }} as record_key,
        'purchase' as identifier_type,
        order_id as identifier,
        _loaded_at
    from purchase_orders
    where member_id in (select member_id from members)
    union all
    select record_key, 'purchase' as identifier_type, order_id as identifier, _loaded_at from buyers
    union all
    select record_key, 'email' as identifier_type, email_normalised as identifier, _loaded_at from records
    union all
    select record_key, 'phone' as identifier_type, phone_normalised as identifier, _loaded_at from records
),

known as (
    select record_key, identifier_type, identifier, max(_loaded_at) as _loaded_at
    from all_identifiers
    where identifier is not null
    group by record_key, identifier_type, identifier
)

select * from known
