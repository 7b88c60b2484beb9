"""Every ticket is measured by the service-level policies there are."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.ticket_sla"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="metric"),
    ExpectNotShrunk(table="ticket_sla"),
]
