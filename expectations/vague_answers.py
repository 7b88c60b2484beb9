"""Every vague answer has its ticket and the words that put off."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk

TABLE = "marts.vague_answers"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="quoted_text"),
    ExpectNotShrunk(table="vague_answers"),
]
