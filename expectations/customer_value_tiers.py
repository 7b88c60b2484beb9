"""Every customer has a value tier."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach

TABLE = "marts.customer_value_tiers"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectOneRowForEach(
        check="every_customer_once",
        what="customers of customer_360",
        key="customer_id",
        keys="select customer_id from marts.customer_360",
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="value_tier"),
    ExpectNotShrunk(table="customer_value_tiers", per_customer=True),
]
