"""Every value tier of every period is counted."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.value_tier_periods"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    gxe.ExpectColumnValuesToNotBeNull(column="value_tier"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_count"),
    gxe.ExpectColumnValuesToNotBeNull(column="net_sales"),
    ExpectNotShrunk(table="value_tier_periods"),
]
