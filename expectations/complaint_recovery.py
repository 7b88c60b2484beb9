"""A rate says how many it is of."""

import great_expectations.expectations as gxe

TABLE = "marts.complaint_recovery"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="sample_size"),
    gxe.ExpectColumnValuesToNotBeNull(column="purchase_rate"),
]
