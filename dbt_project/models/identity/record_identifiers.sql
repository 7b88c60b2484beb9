with

purchases as (
    select * from {{ ref('int_purchases_matched_to_records') }}
),

members as (
    select
        *,
        {{ record_key("'membership'", "'members'", 'member_id') }} as record_key
    from {{ ref('stg_membership__members') }}
),

helpdesk_users as (
    select
        *,
        {{ record_key("'helpdesk'", "'users'", 'user_id') }} as record_key
    from {{ ref('stg_helpdesk__users') }}
    where not is_staff
),

guest_orders as (
    select
        *,
        {{ record_key("'shop'", "'orders'", 'order_id') }} as record_key
    from {{ ref('int_guest_orders_profiled') }}
),

all_identifiers as (
    select record_key, 'card' as identifier_type, card_number as identifier, _loaded_at from members
    union all
    select record_key, 'card' as identifier_type, external_card_number as identifier, _loaded_at from helpdesk_users
    union all
    select record_key, 'member_id' as identifier_type, member_id as identifier, _loaded_at from members
    union all
    select record_key, 'member_id' as identifier_type, external_id as identifier, _loaded_at from helpdesk_users
    union all
    select record_key, 'shop_customer_id' as identifier_type, shop_customer_id as identifier, _loaded_at
    from guest_orders
    union all
    select record_key, 'purchase' as identifier_type, order_id as identifier, _loaded_at from purchases
),

known as (
    select record_key, identifier_type, identifier, max(_loaded_at) as _loaded_at
    from all_identifiers
    where identifier is not null
    group by record_key, identifier_type, identifier
)

select * from known
