"""Every delivery has an outcome."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.deliveries"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="outcome"),
    ExpectNotShrunk(table="deliveries"),
]
