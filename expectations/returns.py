"""Every return says which order it belongs to."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.returns"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="return_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    ExpectNotShrunk(table="returns"),
]
