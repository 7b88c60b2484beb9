"""Every partner's month says what kind of partner it is."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.partners"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="partner_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="partner_type"),
    gxe.ExpectColumnValuesToNotBeNull(column="month"),
    ExpectNotShrunk(table="partners"),
]
