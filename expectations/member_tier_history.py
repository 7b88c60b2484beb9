"""Every period at a level says from when, and why it began."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.member_tier_history"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="level"),
    gxe.ExpectColumnValuesToNotBeNull(column="valid_from"),
    ExpectNotShrunk(table="member_tier_history", per_customer=True),
]
