"""Complete salespeople: as many as the shop counts. A shop may have none, so that is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.shop_salespeople"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="shop_salespeople"),
    ExpectFewQuarantined(table="shop_salespeople", max_share=0.05),
    *usual("shop_salespeople"),
]
