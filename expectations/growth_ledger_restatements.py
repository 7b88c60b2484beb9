"""What was said once about a ledger entry is never forgotten."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.growth_ledger_restatements"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="known_until"),
    gxe.ExpectColumnValuesToNotBeNull(column="restated_because"),
    ExpectNotShrunk(table="growth_ledger_restatements"),
]
