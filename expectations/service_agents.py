"""Every agent's month is counted."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.service_agents"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="agent_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="month"),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_count"),
    ExpectNotShrunk(table="service_agents"),
]
