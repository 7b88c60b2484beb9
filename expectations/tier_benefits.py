"""Every level and every benefit of the rules is in the matrix."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectTies

TABLE = "marts.tier_benefits"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectTies(
        check="every_member_at_a_level_counted",
        description="The members of the levels are all members who have a level.",
        unexpected_rows_query="""
            select 'members at a level' as what, counted as observed, members as expected,
                members - counted as missing, 0 as tolerated
            from (
                    select coalesce(sum(member_count), 0) as counted
                    from (select level, max(member_count) as member_count from {batch} group by level) as levels
                ) as counted,
                (select count(*) as members from marts.member_tiers where level is not null) as members
        """,
    ),
    ExpectNotShrunk(table="tier_benefits"),
]
