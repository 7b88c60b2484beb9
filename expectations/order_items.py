"""Every order line once, or listed in int_rejected_records with a reason; the money of the lines is the orders'."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectTies

TABLE = "marts.order_items"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectTies(
        check="every_line_once",
        description="Lines of raw are in the mart or listed as rejected.",
        unexpected_rows_query="""
            select 'order lines, with the rejected ones' as what, found + rejected as observed, sent as expected,
                sent - found - rejected as missing, 0 as tolerated
            from (select count(*) as found from {batch}) as mart,
                (select count(*) as sent from raw.shop_order_items) as lines,
                (
                    select count(*) as rejected from intermediate.int_rejected_records
                    where source_system = 'shop' and source_table = 'order_items'
                ) as left_out
            union all
            select 'distinct order lines', count(distinct order_item_id), count(*),
                count(*) - count(distinct order_item_id), 0
            from {batch}
        """,
    ),
    ExpectTies(
        check="money_ties_out",
        description="Net sales of the lines are those of the orders.",
        unexpected_rows_query="""
            select 'net sales of lines, against orders' as what, line_money as observed, order_money as expected,
                order_money - line_money as missing, 0.0049 as tolerated
            from (select coalesce(sum(net_sales), 0) as line_money from {batch}) as lines,
                (select coalesce(sum(net_sales), 0) as order_money from marts.orders) as orders
        """,
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="net_sales"),
    ExpectNotShrunk(table="order_items"),
]
