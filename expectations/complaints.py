"""Every complaint says when it was made and how it ended."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.complaints"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="outcome"),
    ExpectNotShrunk(table="complaints"),
]
