"""Every ticket of the helpdesk once."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach

TABLE = "marts.tickets"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectOneRowForEach(
        check="every_ticket_once",
        what="tickets of the helpdesk",
        key="ticket_id",
        keys="select id as ticket_id from raw.helpdesk_tickets",
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="status"),
    gxe.ExpectColumnValuesToNotBeNull(column="opened_at"),
    ExpectNotShrunk(table="tickets"),
]
