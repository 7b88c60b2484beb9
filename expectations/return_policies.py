"""Every return policy says which goods it is for."""

import great_expectations.expectations as gxe

TABLE = "marts.return_policies"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="policy_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="category"),
]
