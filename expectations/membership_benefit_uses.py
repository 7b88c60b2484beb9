"""Complete benefit uses: which member used what. A programme without benefits has none, so that is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.membership_benefit_uses"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="membership_benefit_uses"),
    ExpectFewQuarantined(table="membership_benefit_uses", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="member_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="benefit"),
    *usual("membership_benefit_uses", day="used_at"),
]
