"""Every finding is a sentence in both languages. There may be none: then nothing is amiss."""

import great_expectations.expectations as gxe

TABLE = "marts.tier_benefit_gaps"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="finding_en"),
    gxe.ExpectColumnValuesToNotBeNull(column="finding_zh"),
]
