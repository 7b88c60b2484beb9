"""Every day of every group is there, and the last one is the day the marts describe."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.ticket_backlog"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    gxe.ExpectColumnValuesToNotBeNull(column="backlog_on"),
    gxe.ExpectColumnValuesToBeBetween(column="open_count", min_value=0),
    ExpectNotShrunk(table="ticket_backlog"),
]
