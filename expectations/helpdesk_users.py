"""Complete helpdesk users: everyone a ticket names is there, and enough of them can be recognised."""

import great_expectations.expectations as gxe

from customer360.completeness import ExpectEveryRowOfTheSource, ExpectFewQuarantined, ExpectTies, usual

TABLE = "raw.helpdesk_users"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="helpdesk_users"),
    ExpectFewQuarantined(table="helpdesk_users", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="role"),
    gxe.ExpectColumnValuesToNotBeNull(column="email", mostly=0.5, severity="warning"),
    ExpectTies(
        check="requesters_known",
        description="Who asked for help was delivered too; without them a ticket has no customer.",
        unexpected_rows_query="""
            select 'requesters of tickets among the users' as what, count(*) filter (is_known) as observed,
                count(*) as expected, count(*) filter (not is_known) as missing, floor(count(*) * 0.01) as tolerated
            from (
                select distinct requester_id, requester_id in (select id from {batch}) as is_known
                from raw.helpdesk_tickets
                where requester_id is not null and not starts_with(requester_id, 'erased-')
            ) as requesters
        """,
    ),
    *usual("helpdesk_users", day="created_at"),
]
