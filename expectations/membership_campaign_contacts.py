"""Complete campaign contacts: whom a campaign wrote to, and when. Having none is a warning."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, usual

TABLE = "raw.membership_campaign_contacts"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1, severity="warning"),
    ExpectEveryRowOfTheSource(table="membership_campaign_contacts"),
    ExpectFewQuarantined(table="membership_campaign_contacts", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="member_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="sent_at"),
    *usual("membership_campaign_contacts", day="sent_at"),
]
