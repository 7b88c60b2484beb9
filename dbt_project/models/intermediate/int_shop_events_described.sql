{% set amount = cents('coalesce(ordered_amount, total_amount, 0)') ~ ", coalesce(' ' || currency, '')" -%}
{% set refund = cents('coalesce(refund_amount, 0)') ~ ", coalesce(' ' || currency, '')" -%}
{% set ordered_en -%}
    concat(
        case when is_guest_order then 'Ordered as a guest: ' else 'Ordered: ' end, item_count,
        case when item_count = 1 then ' line for ' else ' lines for ' end, {{ amount }}, coalesce(', ' || channel_en, ''), '.'
    )
{%- endset %}
{% set ordered_zh -%}
    concat(
        case when is_guest_order then '以访客身份下单：' else '下单：' end,
        item_count, '个商品行，共', {{ amount }}, coalesce('，' || channel_zh, ''), '。'
    )
{%- endset %}
{% set arrived_en = "case when is_late then concat('Order arrived ', " ~ days_in_words('days_late', 'en')
    ~ ", ' late.') else 'Order arrived.' end" -%}
{% set arrived_zh = "case when is_late then concat('订单送达，晚了', days_late, '天。') else '订单送达。' end" -%}
{% set overdue_on = days_later('promised_delivery_at', 1) -%}
{% set overdue_at = 'cast(' ~ overdue_on ~ ' as timestamp)' -%}
{% set refund_overdue_at = 'cast(' ~ days_later('refund_due_on', 1) ~ ' as timestamp)' -%}

with

placed as (
    select * from {{ ref('orders') }}
),

orders as (
    {{ with_words('placed', 'channel', 'channel') | indent(4) }}
),

returns as (
    select
        returns.*,
        judged.refund_due_on,
        judged.days_overdue,
        orders.customer_id,
        orders.currency
    from {{ ref('stg_shop__returns') }} as returns
    inner join orders on returns.order_id = orders.order_id
    left join {{ ref('returns') }} as judged on returns.return_id = judged.return_id
),

-- what is written once the parcel is there is about something else
delays as (
    select * from {{ ref('deliveries') }} where delivered_on is null or told_at < cast(delivered_on as timestamp)
),

described as (
    {{ timeline_events('shop', [
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'order_placed', 'at': 'ordered_at',
            'en': ordered_en, 'zh': ordered_zh},
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'order_paid', 'at': 'paid_at',
            'en': "'Paid for an order.'", 'zh': "'支付订单。'"},
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'order_shipped', 'at': 'shipped_at',
            'en': "'Order left the warehouse.'", 'zh': "'订单已发货。'"},
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'delivery_overdue', 'at': overdue_at,
            'en': "'Order had not arrived on the promised day.'", 'zh': "'承诺日期已过，订单仍未送达。'", 'if': 'is_late'},
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'order_delivered', 'at': 'delivered_at',
            'en': arrived_en, 'zh': arrived_zh},
        {'rows': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'order_cancelled', 'at': 'cancelled_at',
            'en': "'Order was cancelled.'", 'zh': "'订单已取消。'"},
        {'rows': 'delays', 'table': 'orders', 'key': 'order_id', 'order': 'order_id', 'type': 'delay_told', 'at': 'told_at',
            'en': "case notice when 'told first' then 'Was told of a delay before asking.' else 'Was told of a delay after asking.' end",
            'zh': "case notice when 'told first' then '询问之前已被告知延误。' else '询问之后才被告知延误。' end"},
        {'rows': 'returns', 'key': 'return_id', 'order': 'order_id', 'type': 'return_requested', 'at': 'requested_at',
            'en': "'Asked to return goods.'", 'zh': "'申请退货。'"},
        {'rows': 'returns', 'key': 'return_id', 'order': 'order_id', 'type': 'return_received', 'at': 'received_at',
            'en': "'Returned goods arrived.'", 'zh': "'退回的商品已收到。'"},
        {'rows': 'returns', 'key': 'return_id', 'order': 'order_id', 'type': 'refund_overdue', 'at': refund_overdue_at,
            'en': "'Refund was due and had not been paid.'", 'zh': "'退款到期未付。'", 'if': 'days_overdue > 0'},
        {'rows': 'returns', 'key': 'return_id', 'order': 'order_id', 'type': 'return_refunded', 'at': 'refunded_at',
            'en': "concat('Got back ', " ~ refund ~ ", '.')", 'zh': "concat('收到退款', " ~ refund ~ ", '。')"},
    ]) | indent(4) }}
)

select * from described
