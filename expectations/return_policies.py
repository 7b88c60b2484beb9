"""Every return policy says which goods it is for; there are some."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.return_policies"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="policy_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="category"),
    ExpectNotShrunk(table="return_policies"),
]
