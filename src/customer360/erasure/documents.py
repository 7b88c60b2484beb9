"""The JSON of the helpdesk's tickets and events without the person: what happened stays, what was said goes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable

# Of an event's parts: what says what was done, when and by which side. Everything else may be words.
KEPT_OF_PARTS = {
    "id", "event_type", "type", "public", "status", "priority", "group_id", "assignee_id", "tags", "added_tags",
    "removed_tags", "created_at",
}  # fmt: skip
PEOPLE = ("author_id", "requester_id", "submitter_id")
TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?)?")
TAG = re.compile(r"[a-z0-9_:-]{1,40}")

Pseudonyms = Callable[[str], str | None]  # of the id of a helpdesk user, None for one who is not erased


class Redactor:
    """Redacts documents of erased people's tickets; `is_order` says whether a text is the number of an order,
    `is_common_tag` whether others have that tag too."""

    def __init__(self, pseudonym: Pseudonyms, is_order: Callable[[str], bool], is_common_tag: Callable[[str], bool]):
        self.pseudonym, self.is_order, self.is_common_tag = pseudonym, is_order, is_common_tag

    def redact(self, column: str, document: str | None) -> str | None:
        """The document of that column; None for one that cannot be read."""
        if document is None:
            return None
        try:
            value = json.loads(document)
        except ValueError:
            return None
        clean = getattr(self, column)(value)
        return None if clean is None else json.dumps(clean, ensure_ascii=False)

    def via(self, value):
        channel = value.get("channel") if isinstance(value, dict) else None
        return {"channel": channel} if channel else None

    def system(self, value):
        return None  # where the person was, and with which device

    def satisfaction_rating(self, value):
        return {"score": value["score"]} if isinstance(value, dict) and "score" in value else None

    def tags(self, value):
        return [tag for tag in _strings(value) if TAG.fullmatch(tag) and self.is_common_tag(tag)]

    def custom_fields(self, value):
        return [
            {"id": field["id"], "value": self._plain(field.get("value"))}
            for field in value
            if isinstance(field, dict) and "id" in field
        ]

    def child_events(self, value):
        return [self._part(part) for part in value if isinstance(part, dict)]

    def people(self, document: str) -> str:
        """An event of somebody else's ticket: erased people by their pseudonyms, and their words taken out."""
        value = json.loads(document)
        clean = [self._part(part) if self._is_by_erased(part) else self._named(part) for part in value]
        return document if clean == value else json.dumps(clean, ensure_ascii=False)

    def _is_by_erased(self, part) -> bool:
        return isinstance(part, dict) and "body" in part and self._erased(part.get("author_id")) is not None

    def _part(self, part: dict) -> dict:
        kept = {key: value for key, value in part.items() if key in KEPT_OF_PARTS}
        kept |= {key: self.tags(kept[key]) for key in ("tags", "added_tags", "removed_tags") if key in kept}
        kept |= {key: self._plain(value) for key, value in part.items() if key.isdigit()}
        if isinstance(part.get("custom_ticket_fields"), dict):
            kept["custom_ticket_fields"] = {k: self._plain(v) for k, v in part["custom_ticket_fields"].items()}
        if "previous_value" in part:
            kept["previous_value"] = self._before(part)
        if "via" in part and (via := self.via(part["via"])):
            kept["via"] = via
        return self._named(kept | {key: part[key] for key in PEOPLE if key in part})

    def _named(self, part):
        if not isinstance(part, dict):
            return part
        return part | {key: self._erased(part[key]) or part[key] for key in PEOPLE if key in part}

    def _erased(self, user_id) -> str | None:
        return None if user_id is None else self.pseudonym(str(user_id))

    def _plain(self, value):
        """A custom field's value, where it is no word: a number, a time, yes or no, the number of an order."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, str) and (TIME.fullmatch(value) or (value.isdigit() and len(value) < 6)):
            return value
        if isinstance(value, str) and self.is_order(value.lstrip("# ").strip()):
            return value
        return None

    def _before(self, part: dict):
        """What the field that this part changed was before."""
        before = part["previous_value"]
        if isinstance(before, list):
            return self.tags(before)
        if part.keys() & {"status", "priority"}:
            return before
        if part.keys() & {"assignee_id", "group_id", *PEOPLE} and str(before).isdigit():
            return self._erased(before) or before
        return self._plain(before)


def _strings(value) -> list[str]:
    return [each for each in value if isinstance(each, str)] if isinstance(value, list) else []
