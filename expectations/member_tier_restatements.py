"""What was said once about a period at a level is never forgotten."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.member_tier_restatements"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="known_until"),
    gxe.ExpectColumnValuesToNotBeNull(column="restated_because"),
    ExpectNotShrunk(table="member_tier_restatements"),
]
