"""Complete orders: every order the shop counts, no day without any, and what money and delivery promises hang on."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, ExpectNoMissingDays, usual

TABLE = "raw.shop_orders"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="shop_orders"),
    ExpectNoMissingDays(table="shop_orders", column="ordered_at"),
    ExpectFewQuarantined(table="shop_orders", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="ordered_at"),
    gxe.ExpectColumnValuesToNotBeNull(column="status"),
    gxe.ExpectColumnValuesToNotBeNull(column="total_amount"),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id", mostly=0.5),  # the rest are guest orders
    gxe.ExpectColumnValuesToNotBeNull(column="currency", mostly=0.99),
    gxe.ExpectColumnValuesToNotBeNull(column="channel", mostly=0.95, severity="warning"),
    gxe.ExpectColumnValuesToNotBeNull(column="paid_at", mostly=0.5),  # unpaid and cancelled orders have none
    gxe.ExpectColumnValuesToNotBeNull(column="promised_delivery_at", mostly=0.5, severity="warning"),
    *usual("shop_orders", day="ordered_at"),
]
