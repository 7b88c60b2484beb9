"""Complete returns: as many as the shop counts, each telling which order it belongs to."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.shop_returns"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="shop_returns"),
    ExpectFewQuarantined(table="shop_returns", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="requested_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="order_item_id", mostly=0.9, severity="warning"),
    *usual("shop_returns", day="requested_at"),
]
