"""Every source record belongs to exactly one customer: none lost, none in two, none that no source sent.

Counted from raw, not from the models that made the mart: shop accounts, orders of nobody the shop knows (guest orders),
helpdesk users who are not staff, member cards.
"""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectNotShrunk, ExpectTies

SOURCE_RECORDS = """
    select 'shop' as source_system, 'customers' as source_table, customer_id as source_record_id from raw.shop_customers
    union all
    select 'shop', 'orders', order_id from raw.shop_orders
    where customer_id is null or customer_id not in (select customer_id from raw.shop_customers)
    union all
    select 'helpdesk', 'users', id from raw.helpdesk_users where lower(role) not in ('agent', 'admin')
    union all
    select 'membership', 'members', member_id from raw.membership_members
"""

TABLE = "marts.customer_identities"
EXPECTATIONS = [
    gxe.ExpectColumnValuesToNotBeNull(column="customer_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="source_record_id"),
    ExpectTies(
        check="every_record_in_one_customer",
        description="A record that is missing lost its customer; one that is too much is in two, or was never sent.",
        unexpected_rows_query=f"""
            with expected as ({SOURCE_RECORDS}),
            assigned as (
                select source_system, source_table, source_record_id, count(*) as customers from {{batch}}
                where valid_to is null group by all
            ),
            compared as (
                select source_system, source_table, expected.source_record_id is not null as is_sent,
                    coalesce(customers, 0) as customers
                from expected full join assigned using (source_system, source_table, source_record_id)
            )
            select source_system || ' ' || source_table || ' in a customer' as what, source_system,
                count(*) filter (is_sent and customers > 0) as observed, count(*) filter (is_sent) as expected,
                count(*) filter (is_sent and customers = 0) as missing, 0 as tolerated
            from compared group by source_system, source_table
            union all
            select source_system || ' ' || source_table || ' in more than one customer, or never sent', source_system,
                count(*) filter (customers > 1 or not is_sent), 0,
                - count(*) filter (customers > 1 or not is_sent), 0
            from compared group by source_system, source_table
        """,
    ),
    ExpectNotShrunk(table="customer_identities"),
]
