"""How the rows of a day divide: among the values of a column, filled and empty, with and without what they refer to.

Nothing is listed by hand: every column of a table is looked at, and what it is usually like is learned. Records are
compared as they first came (see `recent`). Values are named in messages only where a column holds a few short codes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import numpy as np

from customer360.completeness import chance
from customer360.completeness.usual import ExpectLearned, compared, due_day
from customer360.sources.contract import TABLES

PERSONAL = re.compile(r"name|email|phone|address|birth|recipient|comment|description|subject|card|postcode|person$")
CODE = re.compile(r"[\w.:+-]{1,24}")
MOST_CODES = 24  # a column of more values than this is not one of codes
WINDOWS = (1, 7)  # days: one, and for quiet tables a week
TIME_FRESH_DAYS = 10  # so many days must have come while they were new, before columns that fill up later are judged

# What refers to what, beyond a column that has another table's key as its name.
REFERENCES = {
    "ticket_id": "helpdesk_tickets",
    "requester_id": "helpdesk_users",
    "assignee_id": "helpdesk_users",
    "group_id": "helpdesk_groups",
}


def references(table: str) -> dict[str, str]:
    """{column: table} of what a table's records refer to, in the same source."""
    keys = {other.key: other.raw_name for other in TABLES.values() if other.source == TABLES[table].source}
    found = {}
    for column in TABLES[table].columns[1:]:
        other = REFERENCES.get(column.name) if TABLES[table].source == "helpdesk" else keys.get(column.name)
        if other and other != table:
            found[column.name] = other
    return found


def children(table: str) -> dict[str, str]:
    """{table: column} of the tables that refer to this one and come with it, row by row."""
    together = {"shop_orders": ("shop_order_items", "shop_payments"), "helpdesk_tickets": ("helpdesk_ticket_events",)}
    return {child: next(c for c, t in references(child).items() if t == table) for child in together.get(table, ())}


class Samples:
    """Counts of one feature by day: (rows, of which so many are counted), and which days came while they were new."""

    def __init__(self, rows: list[dict], name: str, last: date) -> None:
        self.last = last
        self.days = {
            (date.fromisoformat(row["_day"]), row["_is_fresh"]): (row["_rows"], row[name])
            for row in rows
            if date.fromisoformat(row["_day"]) <= last
        }

    def window(self, length: int) -> tuple[int, int]:
        """(rows, of which so many are counted) of the last days, of what came while it was new."""
        first = self.last - timedelta(days=length - 1)
        parts = [value for (day, fresh), value in self.days.items() if fresh and day >= first]
        return sum(total for total, _ in parts), sum(count for _, count in parts)

    def history(self, length: int, least_days: int) -> tuple[np.ndarray, np.ndarray] | None:
        """(rows, counts) of the days before: those that came while new, or all where age makes no difference."""
        before = self.last - timedelta(days=length)
        fresh = [value for (day, is_fresh), value in self.days.items() if is_fresh and day <= before]
        older = [value for (day, is_fresh), value in self.days.items() if not is_fresh and day <= before]
        if len(fresh) < TIME_FRESH_DAYS and older:
            if not fresh or not self._alike(fresh, older):
                return None
            fresh = fresh + older
        if len(fresh) < min(least_days, TIME_FRESH_DAYS):
            return None
        values = np.array(fresh, dtype=float)
        return values[:, 0], values[:, 1]

    @staticmethod
    def _alike(fresh: list[tuple[int, int]], older: list[tuple[int, int]]) -> bool:
        totals, counts = np.array(fresh, dtype=float).sum(axis=0)
        old_totals, old_counts = np.array(older, dtype=float).sum(axis=0)
        if totals < 10 or old_totals < 50:
            return False
        share, old_share = counts / totals, old_counts / old_totals
        return abs(share - old_share) <= 0.02 + 3 * np.sqrt(max(old_share * (1 - old_share), 0.001) / totals)


class ExpectUsualFill(ExpectLearned):
    """Every column is as full as usual, what a record refers to is there, and what belongs to it came too."""

    check: str = "usual_fill"
    least_missing: float = 0.05  # of all rows: fewer empty ones than that are never an alarm
    least_rows: int = 5

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        derived = {
            f"known {column}": f'"{column}" is null or "{column}" in '
            f'(select "{TABLES[other].key}" from warehouse.raw.{other})'
            for column, other in references(table).items()
        } | {
            f"has {child}": f'_key in (select "{column}" from warehouse.raw.{child})'
            for child, column in children(table).items()
        }
        counts = "".join(f', count(*) filter ({condition}) as "{name}"' for name, condition in derived.items())
        return f"""
            select {{
                due: (select due_at from facts.due where table_name = '{table}'),
                days: (select list(counted) from (
                    select _day, _is_fresh, count(*) as _rows,
                        count(columns(name -> not starts_with(name, '_'))) {counts}
                    from facts.recent_{table} group by _day, _is_fresh
                ) as counted)
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        last = whole_day(facts["due"])
        rows = facts["days"] or []
        names = [name for name in (rows[0] if rows else {}) if not name.startswith("_")]
        for name in names:
            samples = Samples(rows, name, last)
            for length in WINDOWS:
                if found := self._judge(samples, name, length, self.false_alarms / len(names) / len(WINDOWS)):
                    yield found
                    break  # the day says it; the week would say it again

    def _judge(self, samples: Samples, name: str, length: int, rate: float) -> dict | None:
        total, filled = samples.window(length)
        history = samples.history(length, self.least_history)
        if total < self.least_rows or history is None:
            return None
        totals, counts = history
        empty = totals - counts
        share = (empty.sum() + 0.5) / (totals.sum() + 1)
        spread = chance.spread_of_shares(empty, totals, share)
        expected = total * share
        largest = expected
        if total - filled > expected:
            largest = max(chance.most_of(total, share, spread, rate), expected + total * self.least_missing)
        first = samples.last - timedelta(days=length - 1)
        days = f"{samples.last}" if length == 1 else f"{first} to {samples.last}"
        if length > 1 and total - filled <= largest:
            return None
        column = name
        if name.startswith("known "):
            column = name.removeprefix("known ")
            what = f"rows of {days} whose {column} is known in {references(self.table)[column]}"
        elif name.startswith("has "):
            column = name.removeprefix("has ")
            what = f"rows of {days} that have rows in {column}"
            column = ""
        else:
            what = f"rows of {days} with {name}"
        return compared(what, filled, total - expected, total - largest, int(totals.sum()), column=column)


class ExpectUsualParts(ExpectLearned):
    """Every value that usually has a share of a column of codes (a channel, a branch, a status, a type) still has it.

    A value is missing when it has fewer rows than its share of the day's total, and fewer than it usually has: a sale
    in one channel takes nothing away from the others. New values are no fault.
    """

    check: str = "usual_parts"
    least_missing: float = 0.3  # of the rows a value should have
    weekdays: bool = True

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        contract = TABLES[table]
        names = {
            column.name: f'"{column.name}"'
            for column in contract.columns[1:]
            if column.type in ("text", "boolean", "integer") and not PERSONAL.search(column.name)
        } | {
            f"{column.name}.channel": f"json_extract_string(\"{column.name}\", '$.channel')"
            for column in contract.columns
            if column.name == "via" and column.type == "json"
        }
        names |= {f"shape of {contract.key}": "regexp_replace(left(_key, 40), '[0-9]+', '9', 'g')"}
        parts = " union all ".join(
            f"""(with valued as (select _day, _is_fresh, {expression}::varchar as value from facts.recent_{table}),
                codes as (select value from valued where value is not null group by 1
                    having (select count(distinct value) from valued) <= {MOST_CODES})
            select '{name}' as name, value, _day as day, _is_fresh as fresh, count(*) as row_count
            from valued where value in (select value from codes) group by all)"""
            for name, expression in names.items()
        )
        return f"""
            select {{
                due: (select due_at from facts.due where table_name = '{table}'),
                days: (select list({{_day: _day, _is_fresh: _is_fresh, _rows: row_count}}) from (
                    select _day, _is_fresh, count(*) as row_count from facts.recent_{table} group by all)),
                parts: (
                    select list({{name: name, value: value, day: day, fresh: fresh, rows: row_count}}) from ({parts}))
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        last = whole_day(facts["due"])
        found: dict[tuple[str, str], dict[tuple[str, bool], int]] = {}
        for row in facts["parts"] or []:
            found.setdefault((row["name"], row["value"]), {})[row["day"], row["fresh"]] = row["rows"]
        rate = self.false_alarms / max(len(found), 1) / len(WINDOWS)
        for (name, value), counts in found.items():
            rows = [row | {name: counts.get((row["_day"], row["_is_fresh"]), 0)} for row in facts["days"]]
            samples = Samples(rows, name, last)
            for length in WINDOWS:
                if comparison := self._judge(samples, name, value, length, rate):
                    yield comparison
                    break

    def _judge(self, samples: Samples, name: str, value: str, length: int, rate: float) -> dict | None:
        total, part = samples.window(length)
        history = samples.history(length, self.least_history)
        if not total or history is None:
            return None
        totals, counts = history
        share = counts.sum() / max(totals.sum(), 1)
        expected = total * share
        if part >= expected or expected < 3:
            return None
        spread = chance.spread_of_shares(counts, totals, share)
        least = chance.fewest_of(total, share, spread, rate)
        usual_rows = float(np.mean(counts)) * length
        spread_of_rows = chance.spread_of_counts(counts, np.full(len(counts), counts.mean()))
        least = min(
            least, chance.fewest(usual_rows, spread_of_rows / length, rate), expected * (1 - self.least_missing)
        )
        first = samples.last - timedelta(days=length - 1)
        days = f"{samples.last}" if length == 1 else f"{first} to {samples.last}"
        if length > 1 and part >= least:
            return None
        shown = value if CODE.fullmatch(value) else "one value"
        return compared(f"rows of {days} with {name} {shown}", part, expected, least, int(totals.sum()), column=name)


def whole_day(due: str) -> date:
    last, hours = due_day(due)
    return last if hours == 24 else last - timedelta(days=1)
