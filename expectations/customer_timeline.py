"""Everything on the timeline says when it happened, and what."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.customer_timeline"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="event_type"),
    gxe.ExpectColumnValuesToNotBeNull(column="summary"),
    ExpectNotShrunk(table="customer_timeline"),
]
