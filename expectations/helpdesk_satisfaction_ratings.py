"""Complete satisfaction ratings: each with its score. Not every helpdesk asks, so having none is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.helpdesk_satisfaction_ratings"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="helpdesk_satisfaction_ratings"),
    ExpectFewQuarantined(table="helpdesk_satisfaction_ratings", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="score"),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    *usual("helpdesk_satisfaction_ratings", day="created_at"),
]
