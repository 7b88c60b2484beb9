"""Every use of a benefit once, or listed in int_rejected_records with a reason."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectTies

TABLE = "marts.benefit_uses"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="level", mostly=0.9, severity="warning"),  # some come after the card ended
    gxe.ExpectColumnValuesToNotBeNull(column="use_cost", mostly=0.9, severity="warning"),
    ExpectTies(
        check="every_use_listed_or_rejected",
        description="Uses of benefits are as many as raw holds, those of unknown members or benefits being rejected.",
        unexpected_rows_query="""
            select 'uses of benefits, with the rejected ones' as what, listed + rejected as observed,
                delivered as expected, delivered - listed - rejected as missing, 0 as tolerated
            from (select count(*) as listed from {batch}) as listed,
                (
                    select count(*) as rejected from intermediate.int_rejected_records
                    where source_system = 'membership' and source_table = 'benefit_uses'
                ) as rejected,
                (select count(*) as delivered from raw.membership_benefit_uses) as delivered
        """,
    ),
    ExpectNotShrunk(table="benefit_uses"),
]
