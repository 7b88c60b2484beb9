{% set ordered -%}
    concat(
        case when is_guest_order then 'Ordered as a guest: ' else 'Ordered: ' end,
        item_count, ' lines for ', {{ cents('coalesce(ordered_amount, total_amount, 0)') }},
        coalesce(' ' || currency, ''), coalesce(', ' || channel, ''), '.'
    )
{%- endset %}
{% set arrived -%}
    case when is_late then concat('Order arrived ', days_late, ' days late.') else 'Order arrived.' end
{%- endset %}
{% set got_back -%}
    concat('Got back ', {{ cents('coalesce(refund_amount, 0)') }}, coalesce(' ' || currency, ''), '.')
{%- endset %}

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

described as (
    {{ timeline_events('shop', [
        ('orders', 'order_id', 'order_placed', 'ordered_at', ordered),
        ('orders', 'order_id', 'order_paid', 'paid_at', "'Paid for an order.'"),
        ('orders', 'order_id', 'order_shipped', 'shipped_at', "'Order left the warehouse.'"),
        ('orders', 'order_id', 'order_delivered', 'delivered_at', arrived),
        ('orders', 'order_id', 'order_cancelled', 'cancelled_at', "'Order was cancelled.'"),
        ('returns', 'return_id', 'return_requested', 'requested_at', "'Asked to return goods.'"),
        ('returns', 'return_id', 'return_refunded', 'refunded_at', got_back),
    ]) | indent(4) }}
)

select * from described
