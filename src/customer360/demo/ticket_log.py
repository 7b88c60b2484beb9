"""What happened to one ticket, written down in order: events of the helpdesk's shape, each change with what was before.

Whoever tells a ticket's story says what is done, and by whom; a change that changes nothing is not written down.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

from customer360.demo.words import Said

ORDER_FIELD, PROMISE_FIELD = 360001, 360002  # the ids of the seed ticket_fields
HOLDER = "holder"  # stands for the agent who has the ticket at that moment, or had it last
SYSTEM = -1
FIELDS = ("status", "priority", "group_id", "assignee_id")


def iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


def comment(author_id: int | str | None, said: Said | str, *, public: bool = True) -> dict:
    said = Said(said, "other") if isinstance(said, str) else said
    return {"event_type": "Comment", "author_id": author_id, "public": public, "said": said}


def change(name: str, value: object) -> dict:
    return {"event_type": "Change", name: value}


def promise_field(due_at: datetime) -> dict:
    return {"event_type": "Change", "custom_ticket_fields": {str(PROMISE_FIELD): iso(due_at)}}


def tags(*added: str) -> dict:
    return {"event_type": "Change", "added_tags": list(added)}


@dataclass
class Audit:
    """Things done at once by one person. `parts` are the helpdesk's child events; a comment has `said` for its text."""

    moment: datetime
    updater_id: int | str | None
    parts: list[dict]
    channel: str = "web"
    is_numbered_early: bool = False  # its id is smaller, and shorter, than those of all other events
    id: int = 0

    def forget(self, user_id: int) -> None:
        """Nobody knows any more that it was this user."""
        self.updater_id = None if self.updater_id == user_id else self.updater_id
        for part in self.parts:
            if part.get("author_id") == user_id:
                part["author_id"] = None

    def record(self, ticket_id: int) -> dict:
        """The event as the API has it."""
        via = {"channel": self.channel}
        return {
            "id": self.id,
            "ticket_id": ticket_id,
            "timestamp": seconds(self.moment),
            "created_at": iso(self.moment),
            "updater_id": self.updater_id,
            "via": via,
            "system": {"client": "", "location": "", "latitude": None, "longitude": None},
            "event_type": "Audit",
            "child_events": [
                {"id": self.id + nth, "via": via, **_child(part)} for nth, part in enumerate(self.parts, start=1)
            ],
        }


def _child(part: dict) -> dict:
    if part["event_type"] != "Comment":
        return part
    body = part["said"].text
    return {
        "event_type": "Comment",
        "type": "Comment",
        "author_id": part["author_id"],
        "body": body,
        "html_body": f'<div class="zd-comment"><p dir="auto">{body}</p></div>',
        "public": part["public"],
        "attachments": [],
    }


@dataclass
class TicketLog:
    id: int
    requester_id: int | None
    opened_at: datetime
    audits: list[Audit] = field(default_factory=list)
    state: dict[str, object] = field(default_factory=lambda: dict.fromkeys(FIELDS))
    tags: list[str] = field(default_factory=list)
    promised: str | None = None
    last_holder: int | None = None

    @property
    def status(self) -> str:
        return self.state["status"]

    @property
    def assignee_id(self) -> int | None:
        return self.state["assignee_id"]

    @property
    def last_moment(self) -> datetime:
        return max((audit.moment for audit in self.audits), default=self.opened_at)

    def do(self, audit: Audit) -> None:
        """Write down what is new in it."""
        holder = self.last_holder
        parts = [self._with_before(part, holder) for part in audit.parts]
        audit.parts = [part for part in parts if part]
        if audit.updater_id == HOLDER:
            audit.updater_id = holder
        if audit.parts:
            self.audits.append(audit)

    def _with_before(self, part: dict, holder: int | None) -> dict | None:
        is_change = part["event_type"] == "Change"
        if part["event_type"] == "Comment":
            return part | {"author_id": holder} if part["author_id"] == HOLDER else part
        if "tags" in part:
            self.tags += part["tags"]
        elif "added_tags" in part:
            part["added_tags"] = [tag for tag in part["added_tags"] if tag not in self.tags]
            if not part["added_tags"]:
                return None
            self.tags += part["added_tags"]
            part |= {"tags": list(self.tags), "removed_tags": []}
        elif str(PROMISE_FIELD) in part.get("custom_ticket_fields", {}):
            before, self.promised = self.promised, part["custom_ticket_fields"][str(PROMISE_FIELD)]
            part["previous_value"] = before
        name = next((name for name in FIELDS if name in part), None)
        if name:
            before, self.state[name] = self.state[name], part[name]
            if is_change and before == part[name]:
                return None
            if is_change:
                part["previous_value"] = before
            if name == "assignee_id" and part[name]:
                self.last_holder = part[name]
        return part
