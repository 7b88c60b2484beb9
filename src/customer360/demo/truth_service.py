"""What each ticket's customer lived through, replayed event by event in plain Python from what really happened.

Written from the definitions in docs/decisions.md, for reading; the warehouse's own way to the same figures is measured
against it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

from customer360.demo.ticket_log import FIELDS, PROMISE_FIELD, SYSTEM, TicketLog
from customer360.demo.working_time import WorkingTime

if TYPE_CHECKING:
    from customer360.demo.helpdesk import Helpdesk

OVER = ("solved", "closed")


@dataclass(frozen=True)
class Part:
    """One thing done to a ticket. `name` is a field, or comment; `value` what it was set to, or the words."""

    event: int  # the place of the event in the ticket's history
    moment: datetime
    updater_id: int | None
    name: str
    value: object
    author_id: int | None = None
    is_public: bool = False
    is_first: bool = False  # the ticket was created with it


def replayed(desk: Helpdesk, end: datetime) -> list[Replay]:
    """Every ticket's history. `end`: when what is known ends."""
    staff = {user["id"] for user in desk.users if user["role"] in ("agent", "admin")}
    work = WorkingTime.read()
    tickets = [Replay(log, work, end) for log in desk.logs]
    for ticket in tickets:
        staff |= {part.value for part in ticket.of("assignee_id") if part.value}
    for ticket in tickets:
        ticket.staff = staff
    return tickets


def parts_of(log: TicketLog) -> Iterator[Part]:
    """Everything done to a ticket, in order; what is told twice only once."""
    told: set[tuple] = set()
    events = sorted(log.audits, key=lambda audit: (audit.moment, len(str(audit.id)), str(audit.id)))
    for number, audit in enumerate(events):
        parts = [part for raw in audit.parts for part in _taken_apart(number, audit.moment, audit.updater_id, raw)]
        keys = [(part.moment, part.updater_id, part.author_id, part.name, part.value) for part in parts]
        yield from (part for part, key in zip(parts, keys, strict=True) if key not in told)
        told.update(keys)


def _taken_apart(number: int, moment: datetime, updater_id: int | None, raw: dict) -> Iterator[Part]:
    about, is_first = (number, moment, updater_id), raw["event_type"] == "Create"
    if raw["event_type"] == "Comment":
        yield Part(*about, "comment", raw["said"], raw["author_id"], raw["public"])
    elif "tags" in raw:
        for tag in raw["tags"] if is_first else raw["added_tags"]:
            yield Part(*about, "tag", tag, is_first=is_first)
    elif str(PROMISE_FIELD) in raw.get("custom_ticket_fields", {}):
        yield Part(*about, "promise", raw["custom_ticket_fields"][str(PROMISE_FIELD)])
    else:
        for name in FIELDS:
            if name in raw:
                yield Part(*about, name, raw[name], is_first=is_first)


class Replay:
    """One ticket's history, and the questions asked of it."""

    def __init__(self, log: TicketLog, work: WorkingTime, end: datetime) -> None:
        self.log, self.work, self.end = log, work, end
        self.parts = list(parts_of(log))
        self.staff: set[int] = set()

    def of(self, name: str) -> list[Part]:
        return [part for part in self.parts if part.name == name]

    def side(self, author_id: int | None) -> str:
        if author_id in (None, SYSTEM):
            return "system"
        return "staff" if author_id in self.staff and author_id != self.log.requester_id else "customer"

    def public(self, side: str) -> list[Part]:
        return [part for part in self.of("comment") if part.is_public and self.side(part.author_id) == side]

    @cached_property
    def replies(self) -> list[Part]:
        return [part for part in self.public("staff") if part.moment > self.log.opened_at]

    def row(self) -> dict:
        agents = [part.value for part in self.of("assignee_id") if part.value]
        groups = [part.value for part in self.of("group_id") if part.value]
        caused_by = self.repeats()
        solved_at = self.solved_at
        first, last = self.resolutions[:1], [solved_at] if solved_at else []
        return {
            "ticket_id": str(self.log.id),
            "handoff_count": sum(one != other for one, other in pairwise(agents)),
            "group_change_count": sum(one != other for one, other in pairwise(groups)),
            "group_move_count": sum(not part.is_first for part in self.of("group_id")),
            "agent_station_count": len(set(agents)),
            "group_station_count": len(set(groups)),
            "repeat_count": len(caused_by),
            "repeats_caused_by": caused_by,
            "reopen_count": self.reopen_count,
            "reply_count": len(self.replies),
            "is_one_touch": len(self.replies) <= 1 and self.reopen_count == 0 if solved_at else None,
            "first_reply_at": self.replies[0].moment if self.replies else None,
            "next_reply_seconds": [
                int((answered_at - asked_at).total_seconds())
                for asked_at, answered_at in self.reply_waits
                if answered_at
            ],
            "solved_at": solved_at,
            "first_resolution_seconds": self.seconds_to(first),
            "first_resolution_business_seconds": self.work.seconds(self.log.opened_at, first[0]) if first else None,
            "resolution_seconds": self.seconds_to(last),
            "resolution_business_seconds": self.work.seconds(self.log.opened_at, solved_at) if solved_at else None,
            **self.waiting(),
        }

    def seconds_to(self, moments: list[datetime]) -> int | None:
        return int((moments[0] - self.log.opened_at).total_seconds()) if moments else None

    @cached_property
    def statuses(self) -> list[tuple[datetime, str]]:
        return [(part.moment, part.value) for part in self.of("status")]

    @cached_property
    def resolutions(self) -> list[datetime]:
        """When it came to be solved, each time."""
        return [now for (_, before), (now, after) in pairwise(self.statuses) if after in OVER and before not in OVER]

    @property
    def reopen_count(self) -> int:
        return sum(before in OVER and after not in OVER for (_, before), (_, after) in pairwise(self.statuses))

    @property
    def solved_at(self) -> datetime | None:
        """When it was solved for good; None while it is open."""
        return self.resolutions[-1] if self.statuses[-1][1] in OVER else None

    @cached_property
    def reply_waits(self) -> list[tuple[datetime, datetime | None]]:
        """When the customer wrote after the first reply and waited, and when the answer came; None: it never did."""
        waits: list[tuple[datetime, datetime | None]] = []
        since, has_reply = None, False
        replies = {id(part) for part in self.replies}
        asked = {id(part) for part in self.public("customer")}
        for part in self.parts:
            if id(part) in asked and has_reply and since is None:
                since = part.moment
            elif id(part) in replies:
                waits += [(since, part.moment)] if since else []
                since, has_reply = None, True
        return waits + ([(since, None)] if since else [])

    def waiting(self) -> dict[str, int]:
        """Seconds at each kind of status, from opening to the last resolution or the end of what is known."""
        until = self.solved_at or self.end
        sums = {
            f"{name}{clock}_seconds": 0
            for name in ("customer_waiting", "waiting_on_customer", "on_hold", "solved")
            for clock in ("", "_business")
        }
        changes = [*self.statuses, (until, "")]
        for (start, status), (stop, _) in pairwise(changes):
            start, stop = min(start, until), min(stop, until)
            names = [
                "solved" if status in OVER else "waiting_on_customer" if status == "pending" else "customer_waiting"
            ]
            for name in names + (["on_hold"] if status == "hold" else []):
                sums[f"{name}_seconds"] += int((stop - start).total_seconds())
                sums[f"{name}_business_seconds"] += self.work.seconds(start, stop) if stop > start else 0
        return sums

    def repeats(self) -> list[str]:
        """Who caused the customer to ask again before anybody new had done anything, once for each time."""
        caused, agent, group, last_agent = [], None, None, None
        hand_over: tuple[int, int | None, int | None] | None = None  # event, holder before, holder after
        has_acted = has_asked = False
        for _, grouped in groupby(self.parts, key=lambda part: part.event):
            parts = list(grouped)
            asks = [p for p in parts if p.name == "comment" and p.is_public and self.side(p.author_id) == "customer"]
            if asks and hand_over and not has_asked:
                has_asked = True
                if not has_acted and hand_over[1] != hand_over[2]:
                    caused.append(str(hand_over[0]))
            if hand_over and (
                parts[0].updater_id == hand_over[2] if hand_over[2] else self.side(parts[0].updater_id) == "staff"
            ):
                has_acted = True
            before, is_hand_over = agent, False
            for part in parts:
                if part.name == "assignee_id":
                    is_hand_over |= bool(part.value and last_agent and part.value != last_agent)
                    agent = part.value
                elif part.name == "group_id":
                    is_hand_over |= bool(part.value and group and part.value != group)
                    group = part.value or group
            if is_hand_over:
                hand_over = (last_agent, before, agent)
                has_asked = False
                has_acted = any(
                    p.name == "comment" and (p.author_id == agent if agent else self.side(p.author_id) == "staff")
                    for p in parts
                )
            last_agent = agent or last_agent
        return caused
