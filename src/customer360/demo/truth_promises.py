"""Who promised what on a ticket and whether it was kept, and who put the customer off without a time.

What an agent meant is known from the sentence that was chosen, and not read out of its words again.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from customer360.demo.truth_service import Part, Replay
from customer360.demo.words import Said
from customer360.demo.working_time import in_force, rows_of

STRENGTH = ("field", "tag", "comment")  # of two that are one promise the first kind counts
SAME_PROMISE = timedelta(minutes=60)


def promises(ticket: Replay) -> list[dict]:
    made = [*_of_fields(ticket), *_of_tags(ticket), *_of_words(ticket)]

    def is_said_better(weak: dict) -> bool:
        return any(
            STRENGTH.index(row["source"]) < STRENGTH.index(weak["source"])
            and row["agent_id"] == weak["agent_id"]
            and abs(row["promised_at"] - weak["promised_at"]) <= SAME_PROMISE
            for row in made
        )

    return [row | _outcome(ticket, row) for row in made if not is_said_better(row)]


def vague_answers(ticket: Replay) -> list[dict]:
    return [
        {
            "ticket_id": str(ticket.log.id),
            "agent_id": str(part.author_id),
            "answered_at": part.moment,
            "words": part.value.text,
        }
        for part in ticket.public("staff")
        if part.value.kind == "vague"
    ]


def _outcome(ticket: Replay, promise: dict) -> dict:
    if promise["due_at"] <= promise["promised_at"]:
        return {"outcome": None, "problem": "due before it was promised"}
    wrote = [part.moment for part in ticket.public("staff")]
    kept = any(promise["promised_at"] < moment <= promise["due_at"] for moment in wrote)
    return {"outcome": "kept" if kept else "open" if promise["due_at"] >= ticket.end else "missed", "problem": None}


def _of_fields(ticket: Replay) -> Iterator[dict]:
    for part in ticket.of("promise"):
        due_at = datetime.strptime(part.value, "%Y-%m-%dT%H:%M:%SZ")
        yield _promise(ticket, part, "field", part.updater_id, due_at)


def _of_tags(ticket: Replay) -> Iterator[dict]:
    rules = rows_of("promise_tags")
    for part in ticket.of("tag"):
        for rule in rules:
            if rule["tag"] == part.value and in_force(rule, part.moment.date()):
                minutes = int(rule["due_in_minutes"])
                is_business = rule["clock"] == "business"
                due_at = (
                    ticket.work.after(part.moment, minutes) if is_business else part.moment + timedelta(minutes=minutes)
                )
                yield _promise(ticket, part, "tag", part.updater_id, due_at)


def _of_words(ticket: Replay) -> Iterator[dict]:
    for part in ticket.public("staff"):
        said: Said = part.value
        if said.kind == "promise":
            yield _promise(ticket, part, "comment", part.author_id, said.due_at, said)


def _promise(
    ticket: Replay, part: Part, source: str, agent_id: int, due_at: datetime, said: Said | None = None
) -> dict:
    return {
        "ticket_id": str(ticket.log.id),
        "agent_id": str(agent_id),
        "promised_at": part.moment,
        "due_at": due_at,
        "source": source,
        "words": said.text if said else None,
        "is_sure": said.is_sure if said else True,
    }
