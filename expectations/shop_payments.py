"""Complete payments: as many as the shop counts. A shop may keep them elsewhere, so having none is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.shop_payments"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="shop_payments"),
    ExpectFewQuarantined(table="shop_payments", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="amount"),
    *usual("shop_payments", day="updated_at", parent="shop_orders", link="order_id"),
]
