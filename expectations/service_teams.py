"""Every group's month is counted."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.service_teams"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="group_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="month"),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_count"),
    ExpectNotShrunk(table="service_teams"),
]
