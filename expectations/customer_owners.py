"""Every owner says whom they serve."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.customer_owners"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="owner_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="owner_type"),
    ExpectNotShrunk(table="customer_owners", per_customer=True),
]
