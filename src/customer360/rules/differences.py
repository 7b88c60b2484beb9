"""In what two sets of rules differ, and from which day on: rules are dated, so that is a question of days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from customer360.rules.periods import dated, in_force, turning_days
from customer360.rules.reading import Row, read
from customer360.rules.tables import TABLES, Table


@dataclass(frozen=True)
class Difference:
    """One seed of which the two sets hold other rows: those only in one, and the first day other rules are in force."""

    table: str
    rows_added: int
    rows_removed: int
    first_day: date


def differences(today: Path, proposed: Path) -> list[Difference]:
    """What differs between two folders of rules, both of them checked. A file only written otherwise is the same."""
    found = (_difference(table, today, proposed) for table in TABLES)
    return [difference for difference in found if difference]


def _difference(table: Table, today: Path, proposed: Path) -> Difference | None:
    before, after = (dated(read(folder, table)[0]) for folder in (today, proposed))
    days = turning_days([*before, *after])
    first_day = next((day for day in days if _in_force(before, day) != _in_force(after, day)), None)
    if first_day is None:
        return None
    rows_before, rows_after = (Counter(map(_content, rows)) for rows in (before, after))
    added, removed = (rows_after - rows_before).total(), (rows_before - rows_after).total()
    return Difference(table.name, added, removed, first_day)


def _in_force(rows: list[Row], day: date) -> Counter:
    return Counter(_content(row, dates=False) for row in rows if in_force(row, day))


def _content(row: Row, *, dates: bool = True) -> tuple:
    return tuple(
        (name, cell) for name, cell in sorted(row.cells.items()) if dates or name not in ("valid_from", "valid_to")
    )
