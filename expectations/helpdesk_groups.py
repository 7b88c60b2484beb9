"""Complete groups: the departments that tickets are handed between, each with its name."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.helpdesk_groups"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="helpdesk_groups"),
    ExpectFewQuarantined(table="helpdesk_groups", max_share=0.05),
    gxe.ExpectColumnValuesToNotBeNull(column="name"),
    *usual("helpdesk_groups"),
]
