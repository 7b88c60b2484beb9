"""Every order once, and its money to the penny, worked out again from raw by the rules alone.

A line's gross is quantity times unit price; an order's discount is the larger of its own and its lines' (the order's is
the whole); its refunds are those of returns that were refunded. Only sales count, as the seed order_statuses says; a
status that nobody has classified is a sale once money came in. An order without lines has no sales. What belongs to no
order is listed in int_rejected_records.
"""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach, ExpectTies

RAW_MONEY = """
    with sales as (
        select orders.order_id, coalesce(discount_amount, 0) as order_discount
        from raw.shop_orders as orders
        left join intermediate.order_statuses as statuses
            on regexp_replace(lower(orders.status), '[ -]+', '_', 'g') = statuses.source_status
        where coalesce(statuses.is_sale, orders.paid_at is not null)
    ),
    lines as (
        select order_id, sum(cast(quantity * unit_price as decimal(18, 4))) as gross,
            sum(coalesce(discount_amount, 0)) as line_discount
        from raw.shop_order_items group by order_id
    ),
    refunded as (
        select order_id, sum(coalesce(refund_amount, 0)) as refund from raw.shop_returns
        where refunded_at is not null group by order_id
    ),
    money as (
        select coalesce(sum(gross), 0) as gross, coalesce(sum(greatest(order_discount, line_discount)), 0) as discount,
            coalesce(sum(refund), 0) as refunds
        from sales inner join lines using (order_id) left join refunded using (order_id)
    )
"""

TABLE = "marts.orders"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectOneRowForEach(
        check="every_order_once", what="orders of the shop", key="order_id", keys="select order_id from raw.shop_orders"
    ),
    ExpectTies(
        check="money_ties_out",
        description="Gross sales, discount, refunds and net sales of the mart are those of raw.",
        unexpected_rows_query=f"""
            {RAW_MONEY},
            mart as (
                select coalesce(sum(gross_sales), 0) as gross, coalesce(sum(discount), 0) as discount,
                    coalesce(sum(refunds), 0) as refunds, coalesce(sum(net_sales), 0) as net
                from {{batch}}
            )
            select 'gross sales, against raw' as what, mart.gross as observed, money.gross as expected,
                money.gross - mart.gross as missing, 0.0049 as tolerated from mart, money
            union all
            select 'discount, against raw', mart.discount, money.discount, money.discount - mart.discount, 0.0049
            from mart, money
            union all
            select 'refunds, against raw', mart.refunds, money.refunds, money.refunds - mart.refunds, 0.0049
            from mart, money
            union all
            select 'net sales, against raw', mart.net, money.gross - money.discount - money.refunds,
                money.gross - money.discount - money.refunds - mart.net, 0.0049
            from mart, money
        """,
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="status"),
    gxe.ExpectColumnValuesToNotBeNull(column="ordered_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="net_sales"),
    ExpectNotShrunk(table="orders"),
]
