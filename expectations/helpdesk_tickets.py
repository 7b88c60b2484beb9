"""Complete tickets: no day without any where there usually are, and each with who asked and how it stands."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, ExpectNoMissingDays, usual

TABLE = "raw.helpdesk_tickets"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="helpdesk_tickets"),
    ExpectNoMissingDays(table="helpdesk_tickets", column="created_at"),
    ExpectFewQuarantined(table="helpdesk_tickets", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="created_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="status"),
    gxe.ExpectColumnValuesToNotBeNull(column="requester_id", mostly=0.99),
    gxe.ExpectColumnValuesToNotBeNull(column="assignee_id", mostly=0.5, severity="warning"),
    *usual("helpdesk_tickets", day="created_at"),
]
