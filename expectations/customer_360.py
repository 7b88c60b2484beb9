"""Every customer once, with the money of their orders to the penny, all as of one day."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectOneRowForEach, ExpectTies

TABLE = "marts.customer_360"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectOneRowForEach(
        check="every_customer_once",
        what="customers that source records belong to",
        key="customer_id",
        keys="select customer_id from marts.customer_identities where valid_to is null",
    ),
    ExpectTies(
        check="money_ties_out",
        description="What customers spent is what orders brought in.",
        unexpected_rows_query="""
            select 'net sales of customers, against orders' as what, customers as observed, orders as expected,
                orders - customers as missing, 0.0049 as tolerated
            from (select coalesce(sum(net_sales), 0) as customers from {batch}) as customer_money,
                (select coalesce(sum(net_sales), 0) as orders from marts.orders) as order_money
        """,
    ),
    ExpectTies(
        check="as_of_one_day",
        description="Every row describes the same day, the one the build was given.",
        unexpected_rows_query="""
            select 'customers as of ' || wanted as what, count(*) filter (as_of_date = wanted) as observed,
                count(*) as expected, count(*) filter (as_of_date is distinct from wanted) as missing, 0 as tolerated
            from (select as_of_date from {batch}) as customers, (select as_of_date as wanted from facts.as_of) as given
            group by wanted
        """,
    ),
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="source_systems"),
    gxe.ExpectColumnValuesToNotBeNull(column="identity_count"),
    gxe.ExpectColumnValuesToNotBeNull(column="order_count"),
    gxe.ExpectColumnValuesToNotBeNull(column="net_sales"),
    ExpectNotShrunk(table="customer_360", per_customer=True),
]
