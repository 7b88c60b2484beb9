"""Every forecast is measured and told, or says why it was left out."""

import great_expectations.expectations as gxe

TABLE = "marts.purchase_forecast_accuracy"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_count"),
    gxe.ExpectColumnValuesToNotBeNull(column="actual"),
    gxe.ExpectColumnValuesToNotBeNull(column="sentence_en"),
    gxe.ExpectColumnValuesToNotBeNull(column="sentence_zh"),
]
