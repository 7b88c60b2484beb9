"""Every opinion says when and how it was given."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.opinions"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="occurred_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="kind"),
    ExpectNotShrunk(table="opinions"),
]
