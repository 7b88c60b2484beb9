"""Complete members: every card in the files, when it was taken out, and enough to know whose it is."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.membership_members"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="membership_members"),
    ExpectFewQuarantined(table="membership_members", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="joined_on"),
    gxe.ExpectColumnValuesToNotBeNull(column="card_number", mostly=0.9),
    gxe.ExpectColumnValuesToNotBeNull(column="email", mostly=0.3, severity="warning"),
    gxe.ExpectColumnValuesToNotBeNull(column="phone", mostly=0.3, severity="warning"),
    *usual("membership_members", day="joined_on"),
]
