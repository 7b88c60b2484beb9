"""Check the seeds of rules in one folder, before any run: every problem is named with file, line, column and remedy.

By hand, from the project: `python -c "from pathlib import Path; from customer360 import rules;
rules.check(Path('dbt_project/seeds'))"`; `customer360 build` and `customer360 tiers simulate` begin with it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from customer360.rules import ladders, periods
from customer360.rules.contradictions import CONTRADICTIONS
from customer360.rules.periods import dated, in_force, turning_days
from customer360.rules.problems import Problem, refuse
from customer360.rules.reading import Row, read
from customer360.rules.tables import REFERENCES, TABLES, Table


def check(folder: Path) -> None:
    """Raise RulesError, with every problem a line, unless the CSV files in `folder` are rules that can be run."""
    rows, problems = {}, []
    for table in TABLES:
        rows[table.name], found = read(folder, table)
        problems += found
    for table in TABLES:
        problems += periods.problems(table, rows[table.name])
        problems += ladders.problems(table, rows[table.name])
        problems += _repeated(table, rows[table.name])
    problems += _contradictions(rows)
    problems += _unknown_names(rows)
    problems += _late_level_rules(rows)
    refuse(problems)


def _repeated(table: Table, rows: list[Row]) -> Iterator[Problem]:
    lines: dict[tuple, int] = {}
    for row in rows:
        if table.unique and row.has(*table.unique):
            first = lines.setdefault(row.key(table.unique), row.line)
            if first != row.line:
                wrong = f"{' and '.join(table.unique)} as in line {first}"
                yield Problem(table.file, row.line, table.unique[-1], wrong, "Give each row its own")


def _contradictions(rows: dict[str, list[Row]]) -> Iterator[Problem]:
    for contradiction in CONTRADICTIONS:
        for row in rows[contradiction.table]:
            if row.has(*contradiction.reads) and contradiction.holds(row):
                file = f"{contradiction.table}.csv"
                yield Problem(file, row.line, contradiction.column, contradiction.wrong, contradiction.do)


def _unknown_names(rows: dict[str, list[Row]]) -> Iterator[Problem]:
    for reference in REFERENCES:
        named: dict[object, list[Row]] = {}
        for row in _there(rows[reference.to_table], reference.to_column):
            named.setdefault(row[reference.to_column], []).append(row)
        for row in rows[reference.table] if named else ():
            if not row.has(reference.column):
                continue
            name = row[reference.column]
            day = _first_day_missing(row, named[name]) if reference.every_day and name in named else None
            if name not in named or day:
                wrong = f"{name} is not in {reference.to_table}.csv" + (f" on {day}" if day else "")
                do = f"Write one of {', '.join(map(str, named))}" + (", or change the dates" if day else "")
                yield Problem(f"{reference.table}.csv", row.line, reference.column, wrong, do)


def _there(rows: list[Row], column: str) -> list[Row]:
    """The rows that can be named: those that hold for a day at least, or all of a table without dates."""
    has_dates = any(row.has("valid_from") for row in rows)
    return dated(rows, column) if has_dates else [row for row in rows if row.has(column)]


def _first_day_missing(row: Row, versions: list[Row]) -> date | None:
    """The first day of the row on which none of the versions holds."""
    if not dated([row]):
        return None
    days = [row["valid_from"], *(day for day in turning_days(versions) if in_force(row, day))]
    return next((day for day in sorted(days) if not any(in_force(version, day) for version in versions)), None)


def _late_level_rules(rows: dict[str, list[Row]]) -> Iterator[Problem]:
    """From the first day there are levels, it is known how long they are kept."""
    levels, rules = dated(rows["member_levels"]), dated(rows["level_rules"])
    if levels and rules:
        first_level = min(row["valid_from"] for row in levels)
        first = min(rules, key=lambda row: row["valid_from"])
        if first["valid_from"] > first_level:
            wrong = f"{first['valid_from']} is after {first_level}, when the first of member_levels.csv begins"
            yield Problem("level_rules.csv", first.line, "valid_from", wrong, f"Begin on {first_level} or before")
