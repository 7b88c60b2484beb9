"""Complete ticket events: every ticket has its history, no day is missing; handoffs and promises are read from it."""

import great_expectations.expectations as gxe

from customer360.completeness import (
    ExpectEveryRowOfTheSource,
    ExpectFewQuarantined,
    ExpectNoMissingDays,
    ExpectTies,
    usual,
)

TABLE = "raw.helpdesk_ticket_events"
EXPECTATIONS = [
    gxe.ExpectTableRowCountToBeBetween(min_value=1),
    ExpectEveryRowOfTheSource(table="helpdesk_ticket_events"),
    ExpectNoMissingDays(table="helpdesk_ticket_events", column="created_at"),
    ExpectFewQuarantined(table="helpdesk_ticket_events", max_share=0.01),
    gxe.ExpectColumnValuesToNotBeNull(column="ticket_id"),
    gxe.ExpectColumnValuesToNotBeNull(column="child_events"),
    ExpectTies(
        check="tickets_with_events",
        description="A ticket without a single event has lost its history.",
        unexpected_rows_query="""
            select 'tickets that have events' as what, count(*) filter (has_events) as observed, count(*) as expected,
                count(*) filter (not has_events) as missing, floor(count(*) * 0.01) as tolerated
            from (select id in (select ticket_id from {batch}) as has_events from raw.helpdesk_tickets) as tickets
        """,
    ),
    *usual("helpdesk_ticket_events", day="created_at"),
]
