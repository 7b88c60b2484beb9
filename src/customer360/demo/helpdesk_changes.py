"""What becomes of a helpdesk's records while it is served, as it does with the real one: for tests and demonstrations.

    server.changes.archive("17")                          no list and no count shows it; the export and its id do
    server.changes.automate("17", priority="low")         generated_timestamp moves, updated_at does not
    server.changes.delete("tickets", "17")                comes as status "deleted"
    server.changes.purge("tickets", "17")                 gone, with its events

The lines of a resource are kept in the order of the second they changed, so a change moves its line to the end.
"""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customer360.demo.server import Resource


class Changes:
    def __init__(self, resources: dict[str, Resource]):
        self.resources = resources
        self.archived: set[str] = set()
        self._one_at_a_time = threading.Lock()

    def archive(self, *tickets: str) -> None:
        self.archived |= set(tickets)

    def automate(self, ticket: str, *, in_silence: bool = False, **fields: object) -> None:
        """Change a ticket as an automation does; `in_silence`: not even the time it was generated moves."""
        self._change("tickets", ticket, fields, moves=not in_silence)

    def alter(self, name: str, id_: str, /, **fields: object) -> None:
        """Change a record where it stands: no time that an export goes by moves."""
        self._change(name, id_, fields, moves=False)

    def delete(self, name: str, id_: str) -> None:
        """Delete softly: for a while the export still has the record, as deleted."""
        self._change(name, id_, {"status": "deleted"} if name == "tickets" else {"active": False}, moves=True)

    def purge(self, name: str, id_: str) -> None:
        """Delete for good."""
        self._take(name, lambda record: str(record["id"]) == id_)
        if name == "tickets":
            self._take("ticket_events", lambda record: str(record["ticket_id"]) == id_)

    def restore(self, name: str, line: bytes) -> None:
        """Put a record back as it was."""
        self._put(self.resources[name], json.loads(line))

    def count(self, resource: Resource) -> int:
        """What the API's count says: archived and deleted tickets are not in it."""
        if resource.name != "tickets":
            return resource.distinct
        with self._one_at_a_time:
            hidden = {
                str(id_)
                for id_, line in zip(resource.ids, resource.lines, strict=True)
                if str(id_) in self.archived or (b'"deleted"' in line and json.loads(line)["status"] == "deleted")
            }
        return resource.distinct - len(hidden)

    def shown(self, resource: Resource, ids: list[str]) -> list[bytes]:
        """Records by id, archived ones too; a ticket that is deleted is not shown."""
        with self._one_at_a_time:
            newest = {str(id_): line for id_, line in zip(resource.ids, resource.lines, strict=True)}
        lines = [newest[id_] for id_ in ids if id_ in newest]
        return [line for line in lines if json.loads(line).get("status") != "deleted"]

    def _change(self, name: str, id_: str, fields: dict, *, moves: bool) -> None:
        resource = self.resources[name]
        places = [place for place, known in enumerate(resource.ids) if str(known) == id_]
        record = json.loads(resource.lines[places[-1]]) | fields
        if not moves:
            resource.lines[places[-1]] = _line(record)
            return
        self._take(name, lambda known: str(known["id"]) == id_)
        self._put(resource, record)

    def _put(self, resource: Resource, record: dict) -> None:
        with self._one_at_a_time:
            second = max([*resource.seconds[-1:], 0]) + 1
            if resource.name == "tickets":
                record["generated_timestamp"] = second
            resource.seconds.append(second)
            resource.ids.append(record["id"])
            resource.lines.append(_line(record))
            resource.distinct = len(set(map(str, resource.ids)))

    def _take(self, name: str, is_meant) -> None:
        resource = self.resources[name]
        with self._one_at_a_time:
            kept = [place for place, line in enumerate(resource.lines) if not is_meant(json.loads(line))]
            resource.seconds = [resource.seconds[place] for place in kept]
            resource.ids = [resource.ids[place] for place in kept]
            resource.lines = [resource.lines[place] for place in kept]
            resource.distinct = len(set(map(str, resource.ids)))


def _line(record: dict) -> bytes:
    return json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
