"""The plan of an erasure: whom, how far it has come, what was found. It makes an erasure that was killed go on.

It is the one file that holds what is known of the person until everything else is clean: `secrets/erasing-<id>.json`,
0600, gone when the erasure is done. What it may tell afterwards is in the certificate.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

from customer360.config import Settings
from customer360.durable import flush, rename
from customer360.erasure import tombstones
from customer360.erasure.person import Person
from customer360.erasure.search import Search
from customer360.erasure.tombstones import Tombstone


@dataclass
class Plan:
    erasure_id: str
    erased_at: datetime
    who: str
    why: str
    people: list[Person]
    had_backups: bool
    is_settled: bool  # nothing was loaded since the last build, so its marts can be compared with those of the next
    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    done: list[str] = field(default_factory=list)

    @property
    def search(self) -> Search:
        return Search(string for person in self.people for string in person.strings)

    @property
    def customer_ids(self) -> set[str]:
        return {person.customer_id for person in self.people}

    def tombstones(self, key: bytes) -> list[Tombstone]:
        made = []
        for person in self.people:
            alias = tombstones.pseudonym(key, self.erasure_id, person.customer_id)
            values = [(table, record) for table, records in person.records.items() for record in records] + person.forms
            made += [
                Tombstone(self.erasure_id, self.erased_at, kind, tombstones.fingerprint(key, kind, value), alias)
                for kind, value in values
            ]
        return made

    def finished(self, settings: Settings, step: str, places: dict[str, int] | None = None) -> None:
        """Remember that a step is done, and what it found."""
        for place, count in (places or {}).items():
            self.places[place] = self.places.get(place, 0) + count
        self.done.append(step)
        self.save(settings)

    def save(self, settings: Settings) -> None:
        file = _file(settings, self.erasure_id)
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = file.with_name(f".{file.name}")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
            json.dump(asdict(self) | {"erased_at": self.erased_at.isoformat()}, target)
        flush(aside)
        rename(aside, file)

    def remove(self, settings: Settings) -> None:
        """First under the name of what is to be removed: who is killed in the middle leaves no half of a plan."""
        file = _file(settings, self.erasure_id)
        aside = file.with_name(f".{file.name}")
        rename(file, aside)
        _wipe(aside)


def pending(settings: Settings) -> list[Plan]:
    """Erasures that were begun and are not done, oldest first."""
    for left in settings.key_file.parent.glob(".erasing-*.json"):  # killed while it was written, or removed
        _wipe(left)
    return [_read(file) for file in sorted(settings.key_file.parent.glob("erasing-*.json"))]


def _wipe(file: Path) -> None:
    """Remove a file whose bytes nothing needs any more, and those first."""
    with open(file, "r+b") as target:
        target.write(b"\0" * file.stat().st_size)
        target.flush()
        os.fsync(target.fileno())
    file.unlink()
    flush(file.parent)


def _read(file: Path) -> Plan:
    said = json.loads(file.read_text(encoding="utf-8"))
    said["people"] = [Person.from_json(person) for person in said["people"]]
    said["erased_at"] = datetime.fromisoformat(said["erased_at"])
    return Plan(**said)


def _file(settings: Settings, erasure_id: str) -> Path:
    return settings.key_file.with_name(f"erasing-{erasure_id}.json")
