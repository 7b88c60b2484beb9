"""The helpdesk's own figures about a ticket, as its API gives them along with the ticket (`metric_set`).

By the helpdesk's definitions, which are not the warehouse's: a station is every time a ticket comes to an agent or a
group, also one that had it before; a stretch of waiting counts once it is over; minutes are whole ones, rounded down.
"""

from __future__ import annotations

from datetime import datetime
from random import Random

from customer360.demo.ticket_log import TicketLog, iso
from customer360.demo.working_time import WorkingTime

OVER = ("solved", "closed")
WAITING = ("new", "open", "hold")
OFF_BY = {"replies": 1, "reopens": 1, "assignee_stations": -1}  # in tickets whose figures are wrong on purpose


def metric_set(log: TicketLog, staff: set[int], work: WorkingTime) -> dict:
    opened_at = log.opened_at
    replies, assigned, stations, groups = [], [], [], []
    status, since, reopens, solved = "new", opened_at, 0, []
    spent: dict[str, list[int]] = {"agent_wait": [0, 0], "requester_wait": [0, 0], "on_hold": [0, 0]}
    last = {"status": opened_at, "assignee": None, "requester": opened_at, "comment": opened_at}
    for audit in sorted(log.audits, key=lambda audit: audit.moment):
        if audit.updater_id == log.requester_id:
            last["requester"] = audit.moment
        elif audit.updater_id in staff:
            last["assignee"] = audit.moment
        for part in audit.parts:
            if part["event_type"] == "Comment":
                last["comment"] = audit.moment
                if part["public"] and part["author_id"] in staff and audit.moment > opened_at:
                    replies.append(audit.moment)
            elif part.get("assignee_id"):
                assigned.append(audit.moment)
                stations += [part["assignee_id"]] if stations[-1:] != [part["assignee_id"]] else []
            elif part.get("group_id"):
                groups.append(part["group_id"])
            elif "status" in part and part["event_type"] == "Change":
                for name, minutes in spent.items():
                    if _counts(name, status):
                        minutes[0] += int((audit.moment - since).total_seconds())
                        minutes[1] += work.seconds(since, audit.moment)
                reopens += status in OVER and part["status"] not in OVER
                if part["status"] in OVER and status not in OVER:
                    solved.append(audit.moment)
                status, since, last["status"] = part["status"], audit.moment, audit.moment

    def until(moments: list[datetime], nth: int) -> dict[str, int | None]:
        if not moments:
            return {"calendar": None, "business": None}
        return _minutes(int((moments[nth] - opened_at).total_seconds()), work.seconds(opened_at, moments[nth]))

    return {
        "url": f"/api/v2/ticket_metrics/{7_500_000 + log.id}.json",
        "id": 7_500_000 + log.id,
        "ticket_id": log.id,
        "created_at": iso(opened_at),
        "updated_at": iso(log.last_moment),
        "group_stations": len(groups),
        "assignee_stations": len(stations),
        "reopens": reopens,
        "replies": len(replies),
        "assignee_updated_at": iso(last["assignee"]),
        "requester_updated_at": iso(last["requester"]),
        "status_updated_at": iso(last["status"]),
        "initially_assigned_at": iso(assigned[0]) if assigned else None,
        "assigned_at": iso(assigned[-1]) if assigned else None,
        "solved_at": iso(solved[-1]) if solved and status in OVER else None,
        "latest_comment_added_at": iso(last["comment"]),
        "reply_time_in_minutes": until(replies, 0),
        "first_resolution_time_in_minutes": until(solved, 0),
        "full_resolution_time_in_minutes": until(solved if status in OVER else [], -1),
        **{f"{name}_time_in_minutes": _minutes(*both) for name, both in spent.items()},
    }


def put_off(random: Random, metrics: dict) -> str:
    """Make one figure wrong; returns which."""
    name = random.choice([*OFF_BY, "requester_wait_time_in_minutes"])
    if name in OFF_BY:
        metrics[name] += OFF_BY[name]
    else:
        metrics[name]["calendar"] += 60
    return name


def _counts(name: str, status: str) -> bool:
    return status in {"agent_wait": ("pending",), "requester_wait": WAITING, "on_hold": ("hold",)}[name]


def _minutes(calendar: int, business: int) -> dict[str, int]:
    return {"calendar": calendar // 60, "business": business // 60}
