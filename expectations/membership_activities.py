"""Complete activities: no silent day, and each says whose, what and when; growth value is counted from them."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, ExpectNoMissingDays, usual

TABLE = "raw.membership_activities"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="membership_activities"),
    ExpectNoMissingDays(table="membership_activities", column="occurred_at"),
    ExpectFewQuarantined(table="membership_activities", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="member_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="type"),
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    *usual("membership_activities", day="occurred_at"),
]
