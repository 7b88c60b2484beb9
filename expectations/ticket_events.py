"""Everything that was done to tickets, once."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.ticket_events"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="event_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    ExpectNotShrunk(table="ticket_events"),
]
