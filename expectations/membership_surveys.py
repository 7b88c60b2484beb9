"""Complete survey answers: whose, and when. Not every company asks, so having none is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.membership_surveys"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="membership_surveys"),
    ExpectFewQuarantined(table="membership_surveys", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="member_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    *usual("membership_surveys", day="occurred_at"),
]
