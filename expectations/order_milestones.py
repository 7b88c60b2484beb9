"""Every order has its steps, each with a name."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.order_milestones"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="order_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="step"),
    ExpectNotShrunk(table="order_milestones"),
]
