{# relation, moment, event_type, source_system, source_table, key, summary -#}
{% set events = [
    ('orders', 'ordered_at', 'order_placed', 'shop', 'orders', 'order_id',
        "concat(case when is_guest_order then 'Ordered as a guest: ' else 'Ordered: ' end, item_count, ' lines for ', cast(round(coalesce(ordered_amount, total_amount, 0), 2) as decimal(18, 2)), coalesce(concat(' ', currency), ''), coalesce(concat(', ', channel), ''), '.')"),
    ('orders', 'paid_at', 'order_paid', 'shop', 'orders', 'order_id', "'Paid for an order.'"),
    ('orders', 'shipped_at', 'order_shipped', 'shop', 'orders', 'order_id', "'Order left the warehouse.'"),
    ('orders', 'delivered_at', 'order_delivered', 'shop', 'orders', 'order_id',
        "case when is_late then concat('Order arrived ', days_late, ' days late.') else 'Order arrived.' end"),
    ('orders', 'cancelled_at', 'order_cancelled', 'shop', 'orders', 'order_id', "'Order was cancelled.'"),
    ('returns', 'requested_at', 'return_requested', 'shop', 'returns', 'return_id', "'Asked to return goods.'"),
    ('returns', 'refunded_at', 'return_refunded', 'shop', 'returns', 'return_id',
        "concat('Got back ', cast(round(coalesce(refund_amount, 0), 2) as decimal(18, 2)), coalesce(concat(' ', currency), ''), '.')"),
    ('tickets', 'opened_at', 'ticket_opened', 'helpdesk', 'tickets', 'ticket_id',
        "concat('Asked for help', coalesce(concat(' by ', channel), ''), case when order_id is not null then ' about an order.' else '.' end)"),
    ('tickets', 'resolved_at', 'ticket_solved', 'helpdesk', 'tickets', 'ticket_id', "'Ticket was solved.'"),
    ('members', 'cast(joined_on as timestamp)', 'member_joined', 'membership', 'members', 'member_id', "'Became a member.'"),
    ('members', 'cast(cancelled_on as timestamp)', 'member_cancelled', 'membership', 'members', 'member_id', "'Gave up the member card.'"),
    ('activities', 'occurred_at', 'member_activity', 'membership', 'activities', 'activity_id',
        "concat('Member activity: ', replace(activity_type, '_', ' '), '.')"),
    ('benefit_uses', 'used_at', 'benefit_used', 'membership', 'benefit_uses', 'benefit_use_id',
        "concat('Used a member benefit: ', replace(benefit, '_', ' '), '.')"),
    ('surveys', 'occurred_at', 'survey_answered', 'membership', 'surveys', 'response_id',
        "concat('Answered a survey', coalesce(concat(': expected ', expectation, ', found ', performance), ''), '.')"),
    ('campaign_contacts', 'sent_at', 'campaign_sent', 'membership', 'campaign_contacts', 'contact_id',
        "concat('Was sent a campaign', coalesce(concat(' by ', channel), ''), case when clicked_at is not null then ' and followed it.' when opened_at is not null then ' and opened it.' else '.' end)"),
    ('product_views', 'viewed_at', 'products_viewed', 'membership', 'product_views', 'view_id',
        "concat('Looked at ', product_count, case when product_count = 1 then ' product.' else ' products.' end)"),
] %}

with

orders as (
    select * from {{ ref('orders') }}
),

returns as (
    select
        stg_shop__returns.*,
        orders.customer_id,
        orders.currency
    from {{ ref('stg_shop__returns') }} as stg_shop__returns
    inner join orders on stg_shop__returns.order_id = orders.order_id
),

tickets as (
    select * from {{ ref('tickets') }}
    where customer_id is not null
),

member_records as (
    select source_record_id as member_id, customer_id from {{ ref('int_source_records_identified') }}
    where source_system = 'membership' and source_table = 'members'
),

members as (
    select
        stg_membership__members.*,
        member_records.customer_id
    from {{ ref('stg_membership__members') }} as stg_membership__members
    inner join member_records on stg_membership__members.member_id = member_records.member_id
),

-- purchases are orders, surveys have their own table, and nobody wants to read every sign-in
activities as (
    select
        stg_membership__activities.*,
        member_records.customer_id
    from {{ ref('stg_membership__activities') }} as stg_membership__activities
    inner join member_records on stg_membership__activities.member_id = member_records.member_id
    where stg_membership__activities.activity_type not in ('purchase', 'survey', 'sign_in')
),

benefit_uses as (
    select
        stg_membership__benefit_uses.*,
        member_records.customer_id
    from {{ ref('stg_membership__benefit_uses') }} as stg_membership__benefit_uses
    inner join member_records on stg_membership__benefit_uses.member_id = member_records.member_id
),

surveys as (
    select
        stg_membership__surveys.*,
        member_records.customer_id
    from {{ ref('stg_membership__surveys') }} as stg_membership__surveys
    inner join member_records on stg_membership__surveys.member_id = member_records.member_id
),

campaign_contacts as (
    select
        stg_membership__campaign_contacts.*,
        member_records.customer_id
    from {{ ref('stg_membership__campaign_contacts') }} as stg_membership__campaign_contacts
    inner join member_records on stg_membership__campaign_contacts.member_id = member_records.member_id
),

-- one event per member and day: a visit, not every page
product_views as (
    select
        views.member_id,
        member_records.customer_id,
        min(views.viewed_at) as viewed_at,
        min_by(views.view_id, (views.viewed_at, views.view_id)) as view_id,
        count(distinct views.product_id) as product_count
    from {{ ref('stg_membership__product_views') }} as views
    inner join member_records on views.member_id = member_records.member_id
    group by views.member_id, member_records.customer_id, cast(views.viewed_at as date)
),

happened as (
    {%- for relation, moment, event_type, source_system, source_table, key, summary in events %}
        select
            customer_id,
            {{ moment }} as occurred_at,
            '{{ event_type }}' as event_type,
            '{{ source_system }}' as source_system,
            '{{ source_table }}' as source_table,
            {{ key }} as source_record_id,
            {{ summary }} as summary
        from {{ relation }}
        where {{ moment }} < {{ as_of_end() }}
        {%- if not loop.last %}

            union all
        {% endif %}
    {%- endfor %}
)

select * from happened
