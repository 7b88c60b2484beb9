"""Every customer of a partner is somebody, and the partner is of a kind."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.partner_customers"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="partner_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="partner_type"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    ExpectNotShrunk(table="partner_customers"),
]
