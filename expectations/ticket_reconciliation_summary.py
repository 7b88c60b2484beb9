"""Every figure that the helpdesk gives has its line."""

import great_expectations.expectations as gxe

TABLE = "marts.ticket_reconciliation_summary"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="measure"),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_count"),
]
