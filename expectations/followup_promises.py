"""Every promise has an outcome, be it that it is still open."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.followup_promises"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="outcome"),
    ExpectNotShrunk(table="followup_promises"),
]
