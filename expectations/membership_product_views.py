"""Complete product views: who looked at what. Having none is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.membership_product_views"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="membership_product_views"),
    ExpectFewQuarantined(table="membership_product_views", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="member_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="product_id"),
    *usual("membership_product_views", day="viewed_at"),
]
