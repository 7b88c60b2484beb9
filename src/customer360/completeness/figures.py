"""How large numbers are, how long texts, how late times, and whether ids go on: what values usually look like.

Cents for euros, texts cut short, a clock that is eight hours off, ids that begin anew, rows that came twice under new
ids: no row of these looks wrong on its own, and the count of rows is right.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date
from typing import Any

import numpy as np

from customer360.completeness import chance
from customer360.completeness.shares import TIME_FRESH_DAYS, whole_day
from customer360.completeness.usual import ExpectLearned, compared
from customer360.sources.contract import TABLES

LEAST_LENGTH = 12  # shorter texts are codes: usual_parts judges those
NUMBERS = ("money", "quantity", "integer")


class ExpectUsualFigures(ExpectLearned):
    """Per column of a day: the median of numbers, the length of texts, hours between times, how many values differ.

    A median may differ from the usual one by `least_factor`, or by half as much again as it ever did.
    """

    check: str = "usual_figures"
    least_rows: int = 10
    least_factor: float = 2.5
    least_hours: float = 3.0

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        contract = TABLES[table]
        columns = [column for column in contract.columns[1:] if column.name != "generated_timestamp"]
        content = ", ".join(f'"{c.name}"' for c in columns if c.name != "updated_at" and c.type != "json")
        figures = {}
        for column in columns:
            name = f'"{column.name}"'
            if column.type in NUMBERS:
                figures[f"size {column.name}"] = f"median(nullif({name}, 0)::double)"
            if column.type in ("text", "json"):
                figures[f"length {column.name}"] = f"quantile_cont(length({name}::varchar), 0.9)"
            if column.type in ("timestamp", "date"):
                figures[f"hours {column.name}"] = f"median(epoch({name}::timestamp) - epoch(_moment)) / 3600"
            figures[f"values {column.name}"] = f"count(distinct {name}::varchar)"
            figures[f"filled {column.name}"] = f"count({name})"
        asked = ", ".join(f'{expression} as "{name}"' for name, expression in figures.items())
        return f"""
            with numbered as (
                select *, try_cast(right(regexp_replace(_key, '[^0-9]', '', 'g'), 18) as bigint) as _number,
                    hash({content}) as _content
                from facts.recent_{table}
            ),
            reached as (select _day, max(_number) as _until from numbered group by 1),
            before as (
                select _day, max(_until) over (order by _day rows between unbounded preceding and 1 preceding) as _until
                from reached
            )
            select {{
                due: (select due_at from facts.due where table_name = '{table}'),
                days: (select list(counted) from (
                    select _day, _is_fresh, count(*) as _rows, count(*) filter (_number > _until) as "ids go on",
                        count(*) - count(distinct _content) as "doubled", {asked}
                    from numbered join before using (_day) group by _day, _is_fresh
                ) as counted)
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        last = whole_day(facts["due"])
        rows = [row for row in facts["days"] or [] if date.fromisoformat(row["_day"]) <= last]
        today = next((row for row in rows if row["_day"] == last.isoformat() and row["_is_fresh"]), None)
        if not today or today["_rows"] < self.least_rows:
            return
        before = [row for row in rows if row["_day"] < last.isoformat() and row["_rows"] >= 3]
        fresh = [row for row in before if row["_is_fresh"]]
        older = [row for row in before if not row["_is_fresh"]]
        if len(before) < self.least_history:
            return
        yield from self._doubled(today, before)
        yield from self._ids(today, fresh + older)
        for name in today:
            kind, _, column = name.partition(" ")
            if kind not in ("size", "length", "hours", "values"):
                continue
            history = self._history(name, column, fresh, older)
            if history is not None and today[f"filled {column}"] >= self.least_rows and today[name] is not None:
                judged = getattr(self, f"_{kind}")
                yield from judged(column, today, history)

    def _history(self, name: str, column: str, fresh: list[dict], older: list[dict]) -> list[dict] | None:
        """Days to compare with: those that came while new, or all of them where being new made no difference so far."""

        def used(rows: list[dict]) -> list[dict]:
            return [row for row in rows if row[name] is not None and row[f"filled {column}"] >= 3]

        fresh, older = used(fresh), used(older)
        if len(fresh) >= TIME_FRESH_DAYS:
            return fresh
        if name.startswith("hours") or not fresh or len(older) < self.least_history:
            return None
        low, high = np.quantile([_measure(name, column, row) for row in older], [0.02, 0.98])
        inside = [low * 0.8 <= _measure(name, column, row) <= high * 1.25 for row in fresh]
        return fresh + older if all(inside) else None

    def _size(self, column: str, today: dict, history: list[dict]) -> Iterable[dict]:
        yield from self._by_factor(f"median {column}", f"size {column}", column, today, history)

    def _length(self, column: str, today: dict, history: list[dict]) -> Iterable[dict]:
        usual = [row[f"length {column}"] for row in history]
        middle, least = float(np.median(usual)), min(usual)
        limit = min(least * 0.8, middle * 0.75)
        found = today[f"length {column}"]
        if middle >= LEAST_LENGTH and found < middle:
            yield compared(f"length of {column} (nine of ten are no longer)", found, middle, limit, len(history),
                           column=column)  # fmt: skip

    def _by_factor(self, what: str, name: str, column: str, today: dict, history: list[dict]) -> Iterable[dict]:
        usual = [row[name] for row in history if row[name] and row[name] > 0]
        if len(usual) < 7 or not today[name] or today[name] <= 0:
            return
        middle = float(np.median(usual))
        away = max(abs(math.log(value / middle)) for value in usual)
        factor = math.exp(max(math.log(self.least_factor), away * 1.5))
        limit = middle * factor if today[name] > middle else middle / factor
        yield compared(f"{what} of {today['_day']}", today[name], middle, limit, len(history), column=column)

    def _hours(self, column: str, today: dict, history: list[dict]) -> Iterable[dict]:
        usual = [row[f"hours {column}"] for row in history]
        middle = float(np.median(usual))
        away = max(self.least_hours, 2 * max(abs(value - middle) for value in usual))
        found = today[f"hours {column}"]
        limit = middle + away if found > middle else middle - away
        yield compared(f"hours from {self.day} to {column} on {today['_day']} (median)", found, middle, limit,
                       len(history), column=column)  # fmt: skip

    def _values(self, column: str, today: dict, history: list[dict]) -> Iterable[dict]:
        """A column of many values that collapses to few; one of a few codes is for usual_parts."""
        filled = today[f"filled {column}"]
        shares = [row[f"values {column}"] / row[f"filled {column}"] for row in history if row[f"filled {column}"] >= 3]
        if not shares:
            return
        # Many rows repeat values more often than few do: only days of at least half as many rows are like today.
        alike = [row[f"values {column}"] for row in history if row[f"filled {column}"] * 2 >= filled]
        least = min([min(alike, default=filled), min(shares) * filled])
        if least < 4:
            return
        expected = float(np.median(alike)) if alike else float(np.median(shares)) * filled
        found = today[f"values {column}"]
        yield compared(f"different values of {column} on {today['_day']}", found, max(expected, found), least * 0.25,
                       len(history), column=column)  # fmt: skip

    def _doubled(self, today: dict, history: list[dict]) -> Iterable[dict]:
        totals = np.array([row["_rows"] for row in history], dtype=float)
        doubled = np.array([row["doubled"] for row in history], dtype=float)
        share = (doubled.sum() + 0.5) / (totals.sum() + 1)
        spread = chance.spread_of_shares(doubled, totals, share)
        largest = chance.most_of(today["_rows"], share, spread, self.false_alarms)
        largest = max(largest, 0.05 * today["_rows"], 2)
        what = f"rows of {today['_day']} that say what another one says, under another id"
        yield compared(what, today["doubled"], today["_rows"] * share, largest, int(totals.sum()))

    def _ids(self, today: dict, history: list[dict]) -> Iterable[dict]:
        """Ids that are given in order go on where they were."""
        rows = sum(row["_rows"] for row in history)
        share = sum(row["ids go on"] for row in history) / rows
        if share >= 0.9:
            yield compared(f"ids of {today['_day']} above all earlier ones", today["ids go on"], today["_rows"] * share,
                           today["_rows"] * min(0.5, share - 0.3), rows)  # fmt: skip


def _measure(name: str, column: str, row: dict) -> float:
    return row[name] / row[f"filled {column}"] if name.startswith("values") else row[name]
