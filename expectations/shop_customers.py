"""Complete customers: every account the shop counts, and enough names and contacts to know who is one person."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.shop_customers"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="shop_customers"),
    ExpectFewQuarantined(table="shop_customers", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="full_name", mostly=0.9),
    gxe.ExpectColumnValuesToNotBeNull(column="email", mostly=0.5),
    gxe.ExpectColumnValuesToNotBeNull(column="phone", mostly=0.3),
    gxe.ExpectColumnValuesToNotBeNull(column="registered_at", mostly=0.9, severity="warning"),
    *usual("shop_customers", day="registered_at"),
]
