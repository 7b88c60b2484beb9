"""Whether each ticket's service levels were kept, walked through moment by moment in plain Python.

At each moment the target is that of the priority the ticket has then, out of the policies of the day it was opened. A
target is broken once more time has passed than it gives; a priority raised too late breaks it at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from customer360.demo.truth_service import OVER, Part, Replay
from customer360.demo.working_time import in_force, rows_of

METRICS = ("first_reply", "next_reply", "customer_waiting", "resolution")


@dataclass(frozen=True)
class Piece:
    """A time in which neither status nor priority changed."""

    start: datetime
    end: datetime
    status: str
    priority: str | None


def sla_rows(tickets: list[Replay]) -> list[dict]:
    """One row per ticket and metric, and for next_reply per wait."""
    policies = rows_of("sla_policies")
    rows = []
    for ticket in tickets:
        opened_on = ticket.log.opened_at.date()
        held = [policy for policy in policies if in_force(policy, opened_on)]
        for metric, number, began_at, ended_at in _waits(ticket):
            targets = {policy["priority"]: policy for policy in held if policy["metric"] == metric}
            until = min(ended_at or ticket.end, ticket.end)
            breached, has_target = _judge(ticket, targets, metric, began_at, until)
            outcome = "no_target" if not has_target else "breached" if breached else "met" if ended_at else "running"
            row = {"ticket_id": str(ticket.log.id), "metric": metric, "wait_number": number}
            rows.append(row | {"began_at": began_at, "ended_at": ended_at, "outcome": outcome})
    return rows


def _waits(ticket: Replay) -> Iterator[tuple[str, int, datetime, datetime | None]]:
    """What is measured: from when, to when. A reply ends it, or else the ticket's last resolution."""
    opened_at, solved_at = ticket.log.opened_at, ticket.solved_at
    yield "first_reply", 1, opened_at, ticket.replies[0].moment if ticket.replies else solved_at
    for number, (asked_at, answered_at) in enumerate(ticket.reply_waits, start=1):
        yield "next_reply", number, asked_at, answered_at or (max(asked_at, solved_at) if solved_at else None)
    yield "customer_waiting", 1, opened_at, solved_at
    yield "resolution", 1, opened_at, solved_at


def _judge(
    ticket: Replay, targets: dict[str, dict], metric: str, began_at: datetime, until: datetime
) -> tuple[bool, bool]:
    """Whether it was broken, and whether there was a target at all."""
    elapsed, breached, has_target = {"calendar": 0, "business": 0}, False, False
    for piece in _pieces(ticket, began_at, until):
        if _runs(metric, piece.status):
            elapsed["calendar"] += int((piece.end - piece.start).total_seconds())
            elapsed["business"] += ticket.work.seconds(piece.start, piece.end)
        target = targets.get(piece.priority)
        if target:
            has_target = True
            breached |= elapsed[target["clock"]] > int(target["target_minutes"]) * 60
    return breached, has_target


def _runs(metric: str, status: str) -> bool:
    return status not in OVER and not (metric == "customer_waiting" and status == "pending")


def _pieces(ticket: Replay, began_at: datetime, until: datetime) -> Iterator[Piece]:
    status, priority = "new", None
    changes: list[Part] = [part for part in ticket.parts if part.name in ("status", "priority")]
    moments = sorted({began_at, until, *(part.moment for part in changes if began_at < part.moment < until)})
    for start, end in pairwise(moments) if began_at < until else [(began_at, until)]:
        for part in changes:
            if part.moment <= start and part.name == "status":
                status = part.value
            elif part.moment <= start:
                priority = part.value
        yield Piece(start, end, status, priority)
