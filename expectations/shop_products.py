"""Complete products: every one the shop counts, with a name; without unit costs there is no margin."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.shop_products"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="shop_products"),
    ExpectFewQuarantined(table="shop_products", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="name", mostly=0.99),
    gxe.ExpectColumnValuesToNotBeNull(column="unit_cost", mostly=0.8, severity="warning"),
    *usual("shop_products"),
]
