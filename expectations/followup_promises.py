"""Every promise has its ticket, and where it was read; dbt tests that one without an outcome has a reason."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.followup_promises"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="source"),
    ExpectNotShrunk(table="followup_promises"),
]
