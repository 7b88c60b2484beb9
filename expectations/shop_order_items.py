"""Complete order lines: as many as the shop counts, each with the product, quantity and price of a sale."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, ExpectTies, usual

TABLE = "raw.shop_order_items"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="shop_order_items"),
    ExpectFewQuarantined(table="shop_order_items", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="quantity"),
    gxe.ExpectColumnValuesToNotBeNull(column="unit_price"),
    gxe.ExpectColumnValuesToNotBeNull(column="product_id", mostly=0.95),
    ExpectTies(
        check="orders_with_lines",
        description="Orders arrive with their lines; orders without any are lines that did not come.",
        unexpected_rows_query="""
            select 'orders that have lines' as what, count(*) filter (has_lines) as observed, count(*) as expected,
                count(*) filter (not has_lines) as missing, floor(count(*) * 0.01) as tolerated
            from (
                select order_id in (select order_id from {batch} where order_id is not null) as has_lines
                from raw.shop_orders
            ) as orders
        """,
    ),
    *usual("shop_order_items", day="updated_at", parent="shop_orders", link="order_id"),
]
