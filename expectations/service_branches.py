"""Every branch's month is counted."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.service_branches"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="branch"),
    gxe.ExpectColumnValuesToNotBeNull(column="month"),
    gxe.ExpectColumnValuesToNotBeNull(column="order_count"),
    ExpectNotShrunk(table="service_branches"),
]
