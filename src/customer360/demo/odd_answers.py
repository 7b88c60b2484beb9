"""Survey answers that somebody typed in by hand, with numbers that the scale does not have."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from random import Random

from customer360.demo.membership import Membership

# expectation, performance, topic, fault
ANSWERS = (
    (3, 6, "delivery", "survey answer out of scale"),
    (9, 4, "service", "survey answer out of scale"),
    (3, 0, "delivery", "survey answer out of scale"),
    (4, -1, "price", "survey answer out of scale"),
    (5, 10, "range", "survey answer out of scale"),
    (4, None, "service", "survey answer without a number"),
    (None, None, "delivery", "survey answer without a number"),
    (None, 2, "service", "survey answer without an expectation"),
    (None, 5, "delivery", "survey answer without an expectation"),
    (4, 2, None, "survey answer about nothing"),
    (3, 5, "colour of the parcel", "survey answer about something else"),
    (2, 2, "DELIVERY ", "survey answer about something else"),
)


def type_in(random: Random, membership: Membership, end: datetime) -> list[dict]:
    """Their rows, from members who still have their card; each is among the planted faults."""
    members = [row for row in membership.tables["members"] if not row["cancelled_on"]]
    rows = []
    for number, (expectation, performance, topic, fault) in enumerate(ANSWERS, start=1):
        member = random.choice(members)
        days = max(1, (end.date() - member["joined_on"]).days)
        occurred_at = min(
            end, datetime.combine(member["joined_on"], time(4, 30)) + timedelta(days=random.randrange(days))
        )
        row = {"response_id": f"V99990{number:02d}", "member_id": member["member_id"], "occurred_at": occurred_at}
        row |= {"topic": topic, "expectation": expectation, "performance": performance}
        rows.append(row | {"comment": None, "updated_at": occurred_at})
        membership.planted.add(fault, "membership", "surveys", "loaded", row["response_id"])
    return rows
