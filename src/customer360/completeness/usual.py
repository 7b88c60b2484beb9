"""What every learned expectation shares: its history, its limits, how it tells what it compared.

`usual("shop_orders", day="ordered_at")` asks of a table all that can be learned. Every setting is data:
a row of thresholds.csv changes one for one table and check, such as
`raw.shop_orders,usual_rows,,false_alarms,0.000001,why`.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

from customer360.completeness.ties import ExpectTies, falls_short

COMPARISONS_SHOWN = 8


class ExpectLearned(ExpectTies):
    """One query of counts, judged by what was usual before; `false_alarms` is per table, check and day."""

    table: str
    day: str = ""  # the column that says which day a record is about
    parent: str = ""  # where that column is in another table: its name, and the column that refers to it
    link: str = ""
    false_alarms: float = 1e-5
    least_history: int = 21  # days, before anything is judged
    weeks: int = 8

    @classmethod
    def query(cls, **arguments: Any) -> str:
        asked = (
            cls.facts(**arguments).replace("{", "{{").replace("}", "}}")
        )  # Great Expectations fills in {batch} alone
        return (
            f"select to_json(facts)::varchar as facts from ({asked}) as asked(facts) "
            "where exists (select 1 from {batch})"
        )

    @classmethod
    def facts(cls, **arguments: Any) -> str:
        """A query of one value, a struct of all that `judge` needs."""
        raise NotImplementedError

    def judge(self, facts: dict) -> Iterable[dict]:
        """The comparisons, each as `compared` gives it."""
        raise NotImplementedError

    def _validate(self, metrics: dict, runtime_configuration: dict | None = None, execution_engine: Any = None) -> dict:
        rows = metrics["unexpected_rows_query.table"]
        facts = json.loads(dict(rows[0])["facts"]) if rows else None
        comparisons = list(self.judge(facts)) if facts else []
        short = [row for row in comparisons if falls_short(row) and not row.get("only_warns")]
        if len(comparisons) - len(short) > COMPARISONS_SHOWN:
            calm = sorted((row for row in comparisons if row not in short), key=nearness, reverse=True)
            comparisons = short + calm[:COMPARISONS_SHOWN]
        return {"success": not short, "result": {"observed_value": len(short), "details": {"comparisons": comparisons}}}


def compared(what: str, observed: float, expected: float, limit: float, sample: int, **more: Any) -> dict:
    """One comparison; `limit` is the smallest (below what is expected) or largest figure that is still usual."""
    is_short = observed < limit if limit <= expected else observed > limit
    missing, tolerated = round(expected - observed, 4), abs(expected - limit)
    if not is_short:  # rounding must not make an alarm of what the limit allows
        tolerated = max(tolerated, abs(missing))
    elif abs(missing) <= tolerated:
        tolerated = abs(missing) * 0.999
    figures = {"observed": observed, "expected": round(expected, 4), "missing": missing, "tolerated": tolerated}
    return {"what": what, **figures, "sample_size": sample, **more}


def nearness(comparison: dict) -> float:
    """How near a comparison is to its limit: 1 is at it."""
    return abs(comparison["missing"]) / max(comparison["tolerated"], 1e-9)


def due_day(due: str) -> tuple[date, int]:
    """The last day that is due, and how many of its hours are: 24 where the whole day is."""
    moment = datetime.fromisoformat(due)
    if moment.hour == 0:
        return moment.date() - timedelta(days=1), 24
    return moment.date(), moment.hour


def usual(table: str, *, day: str = "", parent: str = "", link: str = "") -> list[ExpectTies]:
    """All that can be learned of a table. `day` is the time that a record is about; a table without one, such as
    a catalogue, is judged by its arrivals and by what happens to its records. With `parent` and `link`, the day is that
    of the record referred to (the order of an order line), and `day` stands in for one that is not there.
    """
    from customer360.completeness import arrivals, figures, shares, volume

    place = {"table": table, "day": day, "parent": parent, "link": link}
    expected: list[ExpectTies] = [
        arrivals.ExpectFreshRecords(**place),
        arrivals.ExpectSourceNotShrunk(**place),
        arrivals.ExpectValuesKept(**place),
    ]
    if table.startswith("membership_"):
        expected.append(arrivals.ExpectUsualFiles(**place))
    if day:
        expected += [
            volume.ExpectUsualRows(**place),
            volume.ExpectUsualHours(**place),
            shares.ExpectUsualParts(**place),
            shares.ExpectUsualFill(**place),
            figures.ExpectUsualFigures(**place),
        ]
    return expected
