"""Which complaints there were: the signs of dissatisfaction of each person, put together where about one thing.

A bad rating, a tag that says so, a dissatisfied answer, a return through the seller's fault; by the seeds of signals,
scales and rules, in plain Python.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from customer360.demo.truth_service import Replay
from customer360.demo.working_time import in_force, rows_of

if TYPE_CHECKING:
    from customer360.demo.helpdesk import Helpdesk
    from customer360.demo.membership import Membership
    from customer360.demo.shop import Shop


@dataclass(frozen=True)
class Sign:
    """One sign of a complaint, and what it is about."""

    kind: str
    moment: datetime
    person_id: str | None
    ticket_id: str | None = None
    order_id: str | None = None
    return_id: str | None = None

    def is_about_the_same(self, other: Sign) -> bool:
        return self.person_id == other.person_id and (
            (self.ticket_id is not None and self.ticket_id == other.ticket_id)
            or (self.order_id is not None and self.order_id == other.order_id)
        )


def complaint_rows(shop: Shop, desk: Helpdesk, membership: Membership, tickets: list[Replay]) -> list[dict]:
    """One row per complaint."""
    days = next(int(row["days"]) for row in rows_of("feedback_rules") if row["rule"] == "one_complaint")
    signs = [*_of_tickets(shop, desk, tickets), *_of_returns(shop), *_of_answers(membership)]
    rows = []
    for group in _together(signs, timedelta(days=days)):
        known = {
            name: min((value for sign in group if (value := getattr(sign, name))), default=None)
            for name in ("ticket_id", "order_id", "return_id")
        }
        rows.append(
            {
                "person_id": group[0].person_id,
                "occurred_at": min(sign.moment for sign in group),
                "signals": ", ".join(sorted({sign.kind for sign in group})),
                "signal_count": len(group),
                **known,
            }
        )
    return rows


def _together(signs: list[Sign], pause: timedelta) -> list[list[Sign]]:
    """Signs about the same thing, with no longer pause between one and the next."""
    groups: list[list[Sign]] = []
    for sign in sorted(signs, key=lambda sign: sign.moment):
        joined = [
            group
            for group in groups
            if any(sign.moment - other.moment <= pause and sign.is_about_the_same(other) for other in group)
        ]
        for group in joined:
            groups.remove(group)
        groups.append([sign for group in joined for sign in group] + [sign])
    return groups


def _of_tickets(shop: Shop, desk: Helpdesk, tickets: list[Replay]) -> Iterator[Sign]:
    person_of = {record.source_record_id: record.person_id for record in desk.records}
    tags = [row for row in rows_of("complaint_signals") if row["signal"] == "ticket_tag"]
    about: dict[int, tuple] = {}
    for ticket in tickets:
        log = ticket.log
        order_id = (desk.order_of.get(log.id) or "").strip().lstrip("#").upper()
        order_id = order_id if order_id in shop.order_rows else None
        about[log.id] = (person_of.get(str(log.requester_id)), str(log.id), order_id)
        for part in ticket.of("tag"):
            if any(row["value"] == part.value and in_force(row, part.moment.date()) for row in tags):
                yield Sign("ticket_tag", part.moment, *about[log.id])
                break  # several tags of one ticket say the same
    for rating in desk.satisfaction_ratings:
        if rating["score"] == "bad":
            moment = datetime.strptime(rating["created_at"], "%Y-%m-%dT%H:%M:%SZ")
            yield Sign("bad_rating", moment, *about[rating["ticket_id"]])


def _of_returns(shop: Shop) -> Iterator[Sign]:
    person_of = {order.order_id: order.person.person_id for order in shop.orders}
    for row in shop.tables["returns"]:
        if row["fault"] != "customer":
            about = (person_of[row["order_id"]], None, row["order_id"], row["return_id"])
            yield Sign("seller_fault_return", row["requested_at"], *about)


def _of_answers(membership: Membership) -> Iterator[Sign]:
    scale = next(row for row in rows_of("answer_scales") if row["source_table"] == "surveys")
    lowest, highest, low = (int(scale[name]) for name in ("lowest", "highest", "dissatisfied_to"))
    for row in membership.tables["surveys"] + membership.tables["_odd_answers"]:
        expected, found = row["expectation"], row["performance"]
        on_scale = all(number is None or lowest <= number <= highest for number in (expected, found))
        if found is not None and on_scale and (found < expected if expected is not None else found <= low):
            yield Sign("dissatisfied_answer", row["occurred_at"], membership.person_of[row["member_id"]])
