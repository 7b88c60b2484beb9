"""Labelled sentences, and how well the reading does on them.

`seen.tsv` was looked at while the rules were written. `kept_out.tsv` was written before there was a rule, and is only
ever counted: whoever looks at its mistakes one by one to mend a rule writes fresh sentences for those looked at.

Columns: at (local time of Asia/Shanghai), language, label (promise, vague, neither), due (one for each promise of the
sentence, local, separated by `; `), text. In the text `[[P|by Friday]]` marks a promise's time, `[[V|later]]` what puts
off, `\\n` a new line.

    python -m tests.promise_sentences.measured     # the figures of both files
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from customer360.promises.due import due_at
from customer360.promises.reader import read
from customer360.promises.timetable import calendar_of_seeds

HERE = Path(__file__).parent
CALENDAR = calendar_of_seeds(HERE.parents[1] / "dbt_project" / "seeds")
TO_LOCAL = timedelta(hours=8)
MARK = re.compile(r"\[\[(P|V)\|(.*?)\]\]")


@dataclass(frozen=True)
class Sentence:
    """One labelled text. promises: (start, end, due in UTC)."""

    text: str
    language: str
    label: str
    at: datetime
    promises: tuple[tuple[int, int, datetime], ...]


@dataclass
class Tally:
    """Found rightly, found wrongly, not found."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong)

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed)


@dataclass
class Scores:
    """promises: span and due time right. spans: the span alone. vague: whole texts that put off and promise nothing."""

    sentences: int = 0
    promises: Tally = field(default_factory=Tally)
    spans: Tally = field(default_factory=Tally)
    vague: Tally = field(default_factory=Tally)


def sentences(name: str) -> list[Sentence]:
    """The labelled texts of `seen` or `kept_out`."""
    with open(HERE / f"{name}.tsv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    return [_sentence(row) for row in rows]


def scores(labelled: list[Sentence]) -> Scores:
    found = Scores(sentences=len(labelled))
    for sentence in labelled:
        statements = read(sentence.text)
        promised = [each for each in statements if each.kind == "promise"]
        for tally, with_due in ((found.promises, True), (found.spans, False)):
            left = list(sentence.promises)
            for each in promised:
                hit = next((true for true in left if _agrees(each, true, sentence.at, with_due)), None)
                tally.right += hit is not None
                tally.wrong += hit is None
                left = [true for true in left if true is not hit]
            tally.missed += len(left)
        is_vague = bool(statements) and not promised
        found.vague.right += is_vague and sentence.label == "vague"
        found.vague.wrong += is_vague and sentence.label != "vague"
        found.vague.missed += not is_vague and sentence.label == "vague"
    return found


def _agrees(statement, true: tuple[int, int, datetime], at: datetime, with_due: bool) -> bool:
    start, end, due = true
    is_there = statement.start < end and start < statement.end
    return is_there and (not with_due or due_at(statement.expression, at, CALENDAR) == due)


def _sentence(row: dict[str, str]) -> Sentence:
    due = [_utc(each) for each in row["due"].split("; ")] if row["due"] else []
    marked, text, spans = row["text"].replace("\\n", "\n"), "", []
    place = 0
    for mark in MARK.finditer(marked):
        text += marked[place : mark.start()]
        if mark[1] == "P":
            spans.append((len(text), len(text) + len(mark[2])))
        text, place = text + mark[2], mark.end()
    promises = tuple((start, end, moment) for (start, end), moment in zip(spans, due, strict=True))
    return Sentence(text + marked[place:], row["language"], row["label"], _utc(row["at"]), promises)


def _utc(local: str) -> datetime:
    return datetime.fromisoformat(local) - TO_LOCAL


if __name__ == "__main__":
    for name in ("seen", "kept_out"):
        for language in ("en", "zh"):
            result = scores([each for each in sentences(name) if each.language == language])
            figures = (
                f"{what} precision {tally.precision:.3f} recall {tally.recall:.3f}"
                for what, tally in (("promise", result.promises), ("span", result.spans), ("vague", result.vague))
            )
            print(f"{name} {language}, {result.sentences} sentences:", "; ".join(figures))
