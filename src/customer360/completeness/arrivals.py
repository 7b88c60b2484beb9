"""How often something comes, which files, how much the source holds, and whether records keep their values."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np

from customer360.completeness import chance
from customer360.completeness.usual import ExpectLearned, compared
from customer360.sources.contract import TABLES

DATE_IN_NAME = re.compile(r"\d{4}-\d{2}-\d{2}")


class ExpectFreshRecords(ExpectLearned):
    """The silence since the last change is no longer than silences of this table usually are, or than `max_days`.

    A table that changes monthly is not stale after two days, one that changes hourly is. Of fewer than `least_gaps`
    silences nothing is learned; holidays and closed days do not count.
    """

    check: str = "freshness"
    is_limit: ClassVar[bool] = True
    column: str = "updated_at"
    max_days: int | None = None  # a company may state it instead
    least_gaps: int = 4

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        return f"""
            select {{
                as_of: (select as_of_date from facts.as_of),
                days: (select list(day order by day) from (
                    select distinct updated_at::date as day from warehouse.raw.{table} where updated_at is not null)),
                holidays: (select list(distinct day) from (select day from facts.holidays where least_share < 0.5
                    union all select closed_on from facts.closed_days where table_name in ('*', '{table}')))
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        if not facts["as_of"]:
            return
        as_of, closed = date.fromisoformat(facts["as_of"]), set(facts["holidays"] or [])
        days = [date.fromisoformat(day) for day in facts["days"] or []]
        days = [day for day in days if day <= as_of]
        gaps = np.array([(b - a).days for a, b in itertools.pairwise(days)], dtype=float)[-365:]
        if not days or (self.max_days is None and len(gaps) < self.least_gaps):
            return
        silent = [days[-1] + timedelta(days=n) for n in range(1, (as_of - days[-1]).days + 1)]
        now = sum(day.isoformat() not in closed for day in silent)
        limit = self.max_days
        if limit is None:
            mean, uneven = gaps.mean(), gaps.std() / gaps.mean()
            # As long as the longest silence and half as long again; or, where they come by chance, as chance allows.
            longest = gaps.max() * (1.5 + 2 / len(gaps)) + 1
            limit = int(max(longest, mean * (1 + uneven * np.log(1 / self.false_alarms))))
        what = f"days from the newest record ({days[-1]}) to the as-of date ({as_of})"
        yield {"what": what, "observed": now, "expected": limit, "missing": max(now - limit, 0), "tolerated": 0,
               "sample_size": len(gaps)}  # fmt: skip


class ExpectUsualFiles(ExpectLearned):
    """Of files that carry their date in their name, none in between is missing, and the next is not late.

    How late the newest file may be is learned from how late it usually was when a pull found it.
    """

    check: str = "usual_files"
    least_files: int = 5
    least_present: float = 0.95  # a series with more gaps than that is no regular one

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        contract = TABLES[table]
        return f"""
            select {{
                as_of: (select as_of_date from facts.as_of),
                files: (select list({{path: path, came: came}}) from (
                    select path, (
                        select max(watermark)::date from warehouse.ops.loads as load
                        where load.status = 'succeeded' and load.ended_at <= file.loaded_at
                    ) as came
                    from warehouse.ops.source_files as file
                    where source_system = '{contract.source}' and source_table = '{contract.name}'))
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        series: dict[str, dict[date, list[str]]] = {}
        for file in facts["files"] or []:
            found = DATE_IN_NAME.search(file["path"])
            if found:
                day = date.fromisoformat(found[0])
                pattern = file["path"].replace(found[0], "DATE")
                series.setdefault(pattern, {}).setdefault(day, []).append(file["came"])
        as_of = date.fromisoformat(facts["as_of"]) if facts["as_of"] else None
        for pattern, came in series.items():
            days = sorted(came)
            if as_of is None or len(days) < self.least_files:
                continue
            step = int(np.median([(b - a).days for a, b in itertools.pairwise(days)]))
            recent = [day for day in days if day > as_of - timedelta(days=self.weeks * 7)] or days[-1:]
            regular = ((recent[-1] - recent[0]).days + step) / max(step, 1) * self.least_present
            if step < 1 or len(recent) < regular:
                continue  # a file comes when there is something to say
            # The first pull finds old and new files alike, and says nothing about when they came.
            pulled = {day: min(filter(None, found), default=None) for day, found in came.items()}
            first_pull = pulled[days[0]]
            later = [day for day in days[-10:] if pulled[day] not in (None, first_pull)]
            lags = [(date.fromisoformat(pulled[day]) - day).days for day in later]
            late = [max(lag, 0) for lag in lags if -step <= lag <= 3 * step]
            allowed = max(late) if len(late) >= self.least_files else step
            span = range((recent[-1] - recent[0]).days + 1)
            expected = [recent[0] + timedelta(days=n) for n in span] if step == 1 else recent
            missing = [day for day in expected if day not in came]
            following = days[-1] + timedelta(days=step)
            while ((as_of - following).days >= allowed and step == 1) or (as_of - following).days > allowed + step // 3:
                missing.append(following)
                following += timedelta(days=step)
            name = pattern.replace("DATE", max(missing).isoformat()) if missing else pattern
            what = f"files {pattern}" + (f", missing {name}" if missing else "")
            count = len(expected) + sum(day > days[-1] for day in missing)
            yield compared(what, count - len(missing), count, count, len(days))


class ExpectSourceNotShrunk(ExpectLearned):
    """The source counts about as many records as at the pulls before: a table that was emptied there is no news.

    Pulls since this check last passed are left out: repeating a pull makes what it found no more usual.
    """

    check: str = "source_not_shrunk"
    least_missing: float = 0.02

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        contract = TABLES[table]
        return f"""
            select {{counts: (
                select list(source_count order by ended_at)
                from (
                    select source_count, ended_at, ended_at = max(ended_at) over () as is_last
                    from warehouse.ops.loads
                    where status = 'succeeded' and source_count is not null
                        and source_system = '{contract.source}' and source_table = '{contract.name}'
                )
                where is_last or ended_at <= (
                    select coalesce(max(checked_at), timestamp 'infinity') from warehouse.ops.completeness_results
                    where check_name = 'source_not_shrunk' and table_name = 'raw.{table}'
                        and status in ('passed', 'accepted')))}}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        counts = np.array((facts["counts"] or [])[-60:], dtype=float)
        if len(counts) < 2:
            return
        losses = np.maximum(counts[:-2] - counts[1:-1], 0)  # what usually goes from one pull to the next
        before, now = counts[:-1].max() if len(counts) < 4 else counts[-4:-1].max(), counts[-1]
        limit = min(before * (1 - self.least_missing), before - 3 * losses.max(initial=0) - 1)
        yield compared("records the source counts, against the pulls before", now, before, limit, len(counts) - 1)


class ExpectValuesKept(ExpectLearned):
    """Records that changed lately kept their values: few lose one, and few numbers jump by a factor.

    Compares the last day's versions with the versions before them, record by record; this is how a catalogue that was
    delivered anew with an empty column, or in another unit, is seen.
    """

    check: str = "values_kept"
    least_rows: int = 8
    largest_share: float = 0.3

    @classmethod
    def facts(cls, *, table: str, day: str, parent: str, **_: Any) -> str:
        def held(version: str, name: str) -> str:
            return f"nullif(trim({version}.\"{name}\"::varchar), '')"

        contract = TABLES[table]
        names = [column for column in contract.columns[1:] if column.name != "updated_at"]
        lost = ", ".join(
            f"{{name: '{column.name}', kind: 'lost', rows: count(old.\"{column.name}\"), "
            f'changed: count(*) filter (old."{column.name}" is not null and new."{column.name}" is null)}}'
            for column in names
        )
        numbers = [column for column in names if column.type in ("money", "quantity")]
        jumped = "".join(
            f", {{name: '{column.name}', kind: 'jumped', rows: count(*) filter (old.\"{column.name}\" > 0), "
            f'changed: count(*) filter (old."{column.name}" > 0 and new."{column.name}" > 0 and '
            f'(new."{column.name}" >= old."{column.name}" * 8 or new."{column.name}" * 8 <= old."{column.name}"))}}'
            for column in numbers
        )
        moved = ""
        if day and not parent:
            moved = (
                f", {{name: '{day}', kind: 'moved', rows: count(*), changed: count(*) filter (old.{day} <> new.{day})}}"
            )
        return f"""
            with last as (select updated_at from warehouse.raw.{table}), newest as (
                select max(updated_at)::date as day from last
                where updated_at::date <= (select as_of_date from facts.as_of)
            ),
            new as (
                select * from warehouse.raw.{table} where updated_at >= (select day from newest)
                qualify row_number() over (partition by "{contract.key}" order by updated_at desc, _loaded_at desc) = 1
            ),
            old as (
                select * from warehouse.raw.{table}
                where "{contract.key}" in (select "{contract.key}" from new) and updated_at < (select day from newest)
                qualify row_number() over (partition by "{contract.key}" order by updated_at desc, _loaded_at desc) = 1
            )
            select {{day: (select day from newest), columns: (
                select [{lost}{jumped}{moved}] from new join old using ("{contract.key}"))}}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        for row in facts["columns"] or []:
            if row["rows"] < self.least_rows:
                continue
            largest = max(chance.most(row["rows"] * 0.02, 0.1, self.false_alarms), row["rows"] * self.largest_share)
            what = {
                "lost": "lost their",
                "jumped": "have eight times, or an eighth of, their",
                "moved": "have another",
            }[row["kind"]]
            what = f"of the records changed on {facts['day']}, those that {what} {row['name']}"
            yield compared(what, row["changed"], 0, largest, row["rows"], column=row["name"])
