"""Which parcels were late, or could be seen coming late, who was told, and what returns were worth, in plain Python.

Days are UTC days, as the shop's own. What is usual is counted from the parcels that arrived, with today's knowledge.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING

from customer360.demo.truth_service import Replay
from customer360.demo.working_time import DAY, in_force, rows_of

if TYPE_CHECKING:
    from customer360.demo.shop import Shop

ENOUGH = 20  # parcels of a carrier in a region, to say what is usual there
USUAL, MEDIAN = 0.9, 0.5


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None


class Usual:
    """How many days parcels take: from shipping for what has left, from ordering for what has not."""

    def __init__(self, parcels: Iterable[dict], until: date) -> None:
        self.days: dict[tuple, list[int]] = defaultdict(list)
        for row in parcels:
            arrived = _day(row["delivered_at"])
            if arrived is None or arrived > until:
                continue
            for since in ("shipped_at", "ordered_at"):
                if row[since] and row[since].date() <= arrived:
                    for group in self.groups(row):
                        self.days[since, group].append((arrived - row[since].date()).days)
        for days in self.days.values():
            days.sort()

    @staticmethod
    def groups(row: dict) -> tuple[tuple, ...]:
        """From the most alike to all."""
        return (row["carrier_id"], row["ship_city"]), (row["carrier_id"],), ()

    def of(self, row: dict, since: str, share: float, passed: int = -1) -> int | None:
        """Within how many days this share of parcels like it arrived, of those that had not after the days passed."""
        alike, carrier, everything = (self.days[since, group] for group in self.groups(row))
        days = alike if len(alike) >= ENOUGH else carrier or everything
        later = [number for number in days if number > passed]
        return later[ceil(share * len(later)) - 1] if later else None


def delivery_rows(shop: Shop, tickets: list[Replay], order_of: dict[int, str], until: date) -> list[dict]:
    """One row per order that a delivery was promised for. `order_of`: ticket → order number as it was written."""
    parcels = [row for row in shop.tables["orders"] if row["promised_delivery_at"]]
    usual = Usual(parcels, until)
    talked: dict[str, list[Replay]] = defaultdict(list)
    for ticket in tickets:
        talked[(order_of.get(ticket.log.id) or "").strip().lstrip("#").upper()].append(ticket)
    rows = []
    for row in parcels:
        promised, arrived = row["promised_delivery_at"].date(), _day(row["delivered_at"])
        is_lost = arrived is None and row["status"] in ("delivered", "returned", "cancelled", "canceled")
        last = arrived or until
        at_risk_on = None if is_lost else _at_risk_on(row, usual, until)
        if is_lost:
            outcome = "delivered_undated"
        elif arrived:
            outcome = "late" if arrived > promised else "on_time"
        else:
            outcome = "undelivered_late" if until > promised else "pending"
        rows.append(
            {
                "order_id": row["order_id"],
                "outcome": outcome,
                "days_late": None if is_lost else max(0, (last - promised).days),
                "is_at_risk": outcome == "pending" and _is_slow(row, usual, until),
                "at_risk_on": at_risk_on,
                "notice": _notice(talked[row["order_id"]], at_risk_on, row["delivered_at"]) if at_risk_on else None,
            }
        )
    return rows


def _at_risk_on(row: dict, usual: Usual, until: date) -> date | None:
    """The first day at whose end it could be seen coming that it would be late, or on which it was."""
    promised, arrived = row["promised_delivery_at"].date(), _day(row["delivered_at"])
    day = row["ordered_at"].date()
    while day <= until and (arrived is None or day < arrived):
        if day > promised or _is_slow(row, usual, day):
            return day
        day += DAY
    return arrived if arrived and arrived > promised else None


def _is_slow(row: dict, usual: Usual, day: date) -> bool:
    """Whether at the end of a day it was under way for longer than usual, or half of such parcels come too late."""
    since = "shipped_at" if row["shipped_at"] and row["shipped_at"].date() <= day else "ordered_at"
    passed = (day - row[since].date()).days
    longest, expected = usual.of(row, since, USUAL), usual.of(row, since, MEDIAN, passed)
    allowed = (row["promised_delivery_at"].date() - row[since].date()).days
    return (longest is not None and passed > longest) or (expected is not None and expected > allowed)


def _notice(tickets: list[Replay], at_risk_on: date, delivered_at: datetime | None) -> str:
    """What is said once the parcel is there tells nobody of a delay."""
    told, asked = [], []
    for ticket in tickets:
        asked += [part.moment for part in ticket.public("customer")]
        told += [
            part.moment
            for part in ticket.public("staff")
            if part.moment.date() >= at_risk_on and (delivered_at is None or part.moment < delivered_at)
        ]
    if not told:
        return "asked, not told" if asked else "not told"
    return "asked first" if asked and min(asked) < min(told) else "told first"


def return_rows(shop: Shop, until: date) -> list[dict]:
    """One row per return: inside the policy of the day of the order or not, and what it is worth. Money in cents."""
    rules = rows_of("return_rules")
    category = {row["product_id"]: row["category"] for row in shop.tables["products"]}
    orders = {order.order_id: order for order in shop.orders}
    lines = {line.order_item_id: line for order in shop.orders for line in order.lines}
    rows = []
    for row in shop.tables["returns"]:
        order, line = orders[row["order_id"]], lines[row["order_item_id"]]
        ordered_on = order.ordered_at.date()
        own, every = (
            [rule for rule in rules if rule["category"] == name and in_force(rule, ordered_on)]
            for name in (category[line.product_id], "*")
        )
        policy = (own or every)[0]
        days = (row["requested_at"].date() - order.delivered_at.date()).days
        needed = policy["condition_required"]
        is_fine = row["fault"] == "seller" or needed in ("", row["condition"])
        is_within = days <= int(policy["window_days"]) and is_fine
        paid = line.net * row["quantity"] / line.quantity
        refund = _cents(row["refund_amount"])
        due_on = _day(row["received_at"] or row["requested_at"]) + timedelta(days=int(policy["refund_days"]))
        rows.append(
            {
                "return_id": row["return_id"],
                "policy_id": policy["policy_id"],
                "is_within_policy": is_within,
                "paid_cents": paid,
                "expected_cents": paid if is_within else 0,
                "difference_cents": refund - paid if is_within and refund is not None else None,
                "is_refund_overdue": is_within and row["status"] == "received" and due_on < until,
            }
        )
    return rows


def _cents(amount: str | None) -> int | None:
    return int(amount.replace(".", "")) if amount else None
