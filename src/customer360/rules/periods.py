"""The dates of rules: each row holds for a while, and the versions of one rule follow each other without a pause."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import groupby, pairwise

from customer360.rules.problems import Problem
from customer360.rules.reading import Row
from customer360.rules.tables import Table


def in_force(row: Row, day: date) -> bool:
    """Whether the row, whose dates could be read, holds on the day: valid_to is the first day it does not."""
    return row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])


def dated(rows: Iterable[Row], *columns: str) -> list[Row]:
    """The rows that hold for a day at least, and whose dates and these columns could be read."""
    complete = [row for row in rows if row.has("valid_from", "valid_to", *columns)]
    return [row for row in complete if row["valid_to"] is None or row["valid_from"] < row["valid_to"]]


def turning_days(rows: Iterable[Row]) -> list[date]:
    """The days on which a row begins or ends: between two of them nothing changes."""
    return sorted({day for row in rows for day in (row["valid_from"], row["valid_to"]) if day})


def problems(table: Table, rows: list[Row]) -> Iterator[Problem]:
    """Rows that never hold, overlap, leave a gap, or leave the last days without any rule."""
    for row in rows:
        if row.has("valid_from", "valid_to") and row["valid_to"] and row["valid_to"] <= row["valid_from"]:
            wrong = f"{row['valid_to']} is not after valid_from, {row['valid_from']}, so the row never holds"
            do = "It is the first day on which the row no longer holds: write a later one"
            yield Problem(table.file, row.line, "valid_to", wrong, do)
    if table.series is None:
        return
    ordered = sorted(dated(rows, *table.series), key=lambda row: (*map(str, row.key(table.series)), row["valid_from"]))
    for _, series in groupby(ordered, key=lambda row: row.key(table.series)):
        for before, after in pairwise(series):
            yield from _between(table, before, after)
    yield from _rest(table, ordered)
    if table.never_ends and (last := _end(dated(rows))):
        day, line = last
        do = "Leave valid_to empty, or add what holds from that day on"
        yield Problem(table.file, line, "valid_to", f"from {day} on no row of this file holds", do)


def _between(table: Table, before: Row, after: Row) -> Iterator[Problem]:
    starts, ends = after["valid_from"], before["valid_to"]
    if ends is None or starts < ends:
        until = f"to {ends}" if ends else "without an end"
        wrong = f"{starts} overlaps line {before.line}, which holds from {before['valid_from']} {until}"
        do = f"End line {before.line} (its valid_to) on {starts}"
        if starts == before["valid_from"]:
            do = "Keep one of the two, or let the later begin where the earlier ends"
        yield Problem(table.file, after.line, "valid_from", wrong, do)
    elif starts > ends and (not table.may_pause or _is_for_the_rest(table, after)):
        pause = (starts - ends).days
        wrong = f"{starts} leaves {pause} day{'s' * (pause > 1)} without a rule after line {before.line}"
        do = f"Begin on {ends}, the day line {before.line} ends"
        if table.if_a_pause_is_meant:
            do += f", or, if the pause is meant, {table.if_a_pause_is_meant}"
        yield Problem(table.file, after.line, "valid_from", wrong, do)


def _is_for_the_rest(table: Table, row: Row) -> bool:
    return bool(table.for_the_rest) and row[table.for_the_rest[0]] == table.for_the_rest[1]


def _rest(table: Table, rows: list[Row]) -> Iterator[Problem]:
    """The rows for all that has none of its own hold from the first day of any row, without an end."""
    if not table.for_the_rest or not rows:
        return
    column, value = table.for_the_rest
    rest = [row for row in rows if _is_for_the_rest(table, row)]
    first = min(row["valid_from"] for row in rows)
    if not rest:
        do = f"Add a row with {value} that begins on {first}"
        yield Problem(table.file, 0, column, f"no row is for {value}, all that has none of its own", do)
        return
    if rest[0]["valid_from"] > first:
        wrong = f"{rest[0]['valid_from']} is after {first}, when the first row begins, so that {value} has none before"
        yield Problem(table.file, rest[0].line, "valid_from", wrong, f"Begin on {first} or before")
    if last := _end(rest):
        day, line = last
        do = f"Leave valid_to empty, or add what holds for {value} from that day on"
        yield Problem(table.file, line, "valid_to", f"from {day} on no row for {value} holds", do)


def _end(rows: list[Row]) -> tuple[date, int] | None:
    """The first day from which on nothing holds, and the line that ends there."""
    if not rows or any(row["valid_to"] is None for row in rows):
        return None
    last = max(rows, key=lambda row: row["valid_to"])
    return last["valid_to"], last.line
