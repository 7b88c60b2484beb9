"""Whatever figure the helpdesk gives stands beside ours; a helpdesk that gives none leaves the mart empty."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.ticket_reconciliation"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="measure"),
    ExpectNotShrunk(table="ticket_reconciliation"),
]
