"""Every customer with a member card is there, and has a level while the card is in force."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach, ExpectTies

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
    ExpectTies(
        check="members_have_levels",
        description="A membership in force has a level and a growth value; one ended or not begun has neither.",
        unexpected_rows_query="""
            select 'members in force with a level' as what, count(*) filter (has_level) as observed,
                count(*) as expected, count(*) filter (not has_level) as missing, 0 as tolerated
            from (
                select level is not null and growth_value is not null as has_level from {batch}
                where cancelled_on is null and joined_on <= as_of_date
            ) as members
        """,
    ),
    ExpectNotShrunk(table="member_tiers", per_customer=True),
]
