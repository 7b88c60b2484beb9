{% set no_order = 'order_id not in (select order_id from orders)' -%}
{% set no_ticket = 'ticket_id not in (select ticket_id from tickets)' -%}
{% set no_member = 'member_id not in (select member_id from members)' -%}

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

tickets as (
    select ticket_id from {{ ref('stg_helpdesk__tickets') }}
),

ticket_events as (
    select event_id, ticket_id from {{ ref('stg_helpdesk__ticket_events') }}
),

members as (
    select member_id from {{ ref('stg_membership__members') }}
),

purchases as (
    select * from {{ ref('stg_membership__activities') }}
    where activity_type = 'purchase' and not ({{ no_member }})
),

benefit_uses as (
    select * from {{ ref('stg_membership__benefit_uses') }} where not ({{ no_member }})
),

benefits as (
    select benefit from {{ ref('benefits') }}
),

level_grants as (
    select grant_id, member_id from {{ ref('level_grants') }}
),

orphans as (
    {%- for system, table, rows, key, reason, condition in [
        ('shop', 'order_items', 'items', 'order_item_id', "'line of an order that does not exist'", no_order),
        ('shop', 'payments', 'payments', 'payment_id', "'payment for an order that does not exist'", no_order),
        ('shop', 'returns', 'returns', 'return_id', 'rejected_reason', 'rejected_reason is not null'),
        ('helpdesk', 'ticket_events', 'ticket_events', 'event_id', "'event of a ticket that does not exist'", no_ticket),
        ('membership', 'activities', 'purchases', 'activity_id', "'purchase by an order that does not exist'",
            'reference not in (select order_id from orders)'),
        ('membership', 'benefit_uses', 'benefit_uses', 'benefit_use_id', "'of a benefit that is not in seed benefits'",
            "coalesce(benefit, '') not in (select benefit from benefits)"),
        ('rules', 'level_grants', 'level_grants', 'grant_id', "'a level for a card that does not exist'", no_member),
    ] %}
        select
            '{{ system }}' as source_system,
            '{{ table }}' as source_table,
            {{ key }} as source_record_id,
            {{ reason }} as reason
        from {{ rows }}
        where {{ condition }}
        union all
    {%- endfor %}

    {%- for table, key in [
        ('activities', 'activity_id'), ('benefit_uses', 'benefit_use_id'), ('surveys', 'response_id'),
        ('campaign_contacts', 'contact_id'), ('product_views', 'view_id'),
    ] %}
        select
            'membership' as source_system,
            '{{ table }}' as source_table,
            {{ key }} as source_record_id,
            'of a member that does not exist' as reason
        from {{ ref('stg_membership__' ~ table) }}
        where {{ no_member }}
        {{- ' union all' if not loop.last }}
    {%- endfor %}
)

select * from orphans
