with

orders as (
    select order_id from {{ ref('stg_shop__orders') }}
),

items as (
    select order_item_id, order_id from {{ ref('stg_shop__order_items') }}
),

payments as (
    select payment_id, order_id from {{ ref('stg_shop__payments') }}
),

returns as (
    select return_id, rejected_reason from {{ ref('int_returns_matched_to_orders') }}
),

members as (
    select member_id from {{ ref('stg_membership__members') }}
),

orphans as (
    select
        'shop' as source_system,
        'order_items' as source_table,
        order_item_id as source_record_id,
        'line of an order that does not exist' as reason
    from items
    where order_id not in (select order_id from orders)

    union all

    select
        'shop' as source_system,
        'payments' as source_table,
        payment_id as source_record_id,
        'payment for an order that does not exist' as reason
    from payments
    where order_id not in (select order_id from orders)

    union all

    select
        'shop' as source_system,
        'returns' as source_table,
        return_id as source_record_id,
        rejected_reason as reason
    from returns
    where rejected_reason is not null

    {%- for table, key in [
        ('activities', 'activity_id'), ('benefit_uses', 'benefit_use_id'), ('surveys', 'response_id'),
        ('campaign_contacts', 'contact_id'), ('product_views', 'view_id'),
    ] %}

        union all

        select
            'membership' as source_system,
            '{{ table }}' as source_table,
            {{ key }} as source_record_id,
            'of a member that does not exist' as reason
        from {{ ref('stg_membership__' ~ table) }}
        where member_id not in (select member_id from members)
    {%- endfor %}
)

select * from orphans
