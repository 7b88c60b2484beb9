"""Every level says of every benefit whether it is given and what was used. A company without benefits has no rows."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.tier_benefits"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="level"),
    gxe.ExpectColumnValuesToNotBeNull(column="benefit"),
    gxe.ExpectColumnValuesToNotBeNull(column="member_count"),
    ExpectNotShrunk(table="tier_benefits"),
]
