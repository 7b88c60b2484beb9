"""Every customer with a member card has a level."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach

TABLE = "marts.member_tiers"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectOneRowForEach(
        check="every_member_once",
        what="customers with a card",
        key="customer_id",
        keys="""
            select customer_id from marts.customer_identities
            where source_system = 'membership' and source_table = 'members' and valid_to is null
        """,
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="level"),
    gxe.ExpectColumnValuesToNotBeNull(column="growth_value"),
    ExpectNotShrunk(table="member_tiers"),
]
