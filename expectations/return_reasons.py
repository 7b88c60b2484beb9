"""Every month of return reasons says of which goods, and why."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.return_reasons"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="month"),
    gxe.ExpectColumnValuesToNotBeNull(column="grouped_by"),
    gxe.ExpectColumnValuesToNotBeNull(column="reason"),
    ExpectNotShrunk(table="return_reasons"),
]
