"""Every value tier is counted."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.value_tier_summary"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="value_tier"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_count"),
    gxe.ExpectColumnValuesToNotBeNull(column="net_sales"),
    ExpectNotShrunk(table="value_tier_summary"),
]
