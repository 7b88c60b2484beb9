"""Every growth-value entry names its rule, its value and the record that it comes from."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.growth_ledger"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="rule_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="growth_value"),
    gxe.ExpectColumnValuesToNotBeNull(column="source_record_id"),
    ExpectNotShrunk(table="growth_ledger"),
]
