"""Every answer says when it was given."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.satisfaction"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="outcome", mostly=0.5, severity="warning"),  # a rating alone has none
    ExpectNotShrunk(table="satisfaction"),
]
