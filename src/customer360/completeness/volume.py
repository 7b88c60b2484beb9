"""How many rows a day brings, and at which hours: learned from the weeks before, judged by what chance allows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from customer360.completeness import chance
from customer360.completeness.usual import ExpectLearned, compared, due_day

LEVEL_DAYS = 14  # the level of a table is what its last two weeks brought: growth and decline move it
BACKTEST_DAYS = 42
TESTS_OF_HOURS = 60  # blocks of hours overlap: that many of them are of their own


@dataclass(frozen=True)
class Days:
    """Rows of consecutive days up to the last that is due, and how much of the usual each must at least bring.

    least_share is 1 on an ordinary day, less on a holiday and around it, 0 when it is closed.
    """

    first: date
    rows: np.ndarray
    least_share: np.ndarray

    @classmethod
    def of(cls, facts: dict, last: date, weeks: int) -> Days:
        counts = {date.fromisoformat(row["day"]): row["rows"] for row in facts["days"] or []}
        counts = {day: rows for day, rows in counts.items() if day <= last}
        first = max(min(counts, default=last), last - timedelta(weeks=weeks + LEVEL_DAYS // 7))
        calendar = [first + timedelta(days=number) for number in range((last - first).days + 1)]
        least = {date.fromisoformat(row["day"]): row["share"] for row in facts["holidays"] or []}
        return cls(
            first,
            np.array([counts.get(day, 0) for day in calendar], dtype=float),
            np.array([least.get(day, 1.0) for day in calendar]),
        )

    def usual(self, number: int) -> float:
        """What is usual for day `number`, from the days before it: the level of two weeks, times its weekday's share.

        With so few rows that weekdays cannot be told apart, the shares draw towards all weekdays alike.
        """
        before = np.arange(number)[self.least_share[:number] >= 1]
        if len(before) < LEVEL_DAYS:
            return 0.0
        weekday, rows = before % 7, self.rows[before]
        means = np.array([_middle(rows[weekday == day]) for day in range(7)])
        overall = means.mean()
        if overall <= 0:
            return float(rows[-LEVEL_DAYS:].mean()) if len(rows) else 0.0
        seen = np.array([max((weekday == day).sum(), 1) for day in range(7)])
        weight = seen * overall / (seen * overall + 10)  # how far a weekday's own mean is to be believed
        factor = np.maximum(weight * means / overall + (1 - weight), 1e-3)
        recent = slice(-LEVEL_DAYS, None)
        level = _middle(rows[recent] / factor[weekday[recent]])
        return float(level * factor[number % 7])


def _middle(values: np.ndarray) -> float:
    """The median of busy days; of quiet ones the mean, since a median of 0, 1 and 2 tells nothing."""
    if len(values) == 0:
        return 0.0
    return float(np.median(values) if np.median(values) >= 15 else np.mean(values))


class ExpectUsualRows(ExpectLearned):
    """The last day that is due, the last two, three and seven together, brought what their weekdays usually bring.

    Too few fail. Too many are a warning: a good day of business is no fault, and doubled rows are found as such.
    """

    check: str = "usual_rows"
    false_alarms: float = 5e-5  # half deliveries are what this is for; the windows overlap and count as two
    least_missing: float = 0.05  # of the usual rows; less than that is never an alarm

    @classmethod
    def facts(cls, *, table: str, **_: Any) -> str:
        return f"""
            select {{
                due: (select due_at from facts.due where table_name = '{table}'),
                days: (select list({{day: _day, rows: row_count}})
                    from (select _day, count(*) as row_count from facts.recent_{table} group by 1)),
                hours: (select list({{day: _day, hour: _hour, rows: row_count}})
                    from (select _day, _hour, count(*) as row_count from facts.recent_{table} group by all)),
                holidays: (select list({{day: day, share: share}}) from (
                    select day, min(least_share) as share from (
                        select day, least_share from facts.holidays
                        union all
                        select closed_on, 0 from facts.closed_days where table_name in ('*', '{table}')
                    ) group by day))
            }}
        """

    def judge(self, facts: dict) -> Iterable[dict]:
        last, hours = due_day(facts["due"])
        part = 1.0
        if hours < 24:
            part = _share_before(facts, last, hours)
            if part >= 0.999:  # a table of days without hours: only whole days can be judged
                last, part = last - timedelta(days=1), 1.0
        days = Days.of(facts, last, self.weeks)
        count = len(days.rows)
        if count < self.least_history:
            return
        expected = np.array([days.usual(number) for number in range(count)])
        open_days = days.least_share >= 1
        tested = np.arange(count)[open_days & (expected > 0)]
        tested = tested[tested < count - 1][-BACKTEST_DAYS:]
        if len(tested) < 7:
            return
        spread = chance.spread_of_counts(days.rows[tested], expected[tested])
        if part < 1.0:
            days.rows[-1] = sum(
                row["rows"] for row in facts["hours"] if row["day"] == last.isoformat() and row["hour"] < hours
            )
            expected[-1] *= part
        for length in (1, 2, 3, 7):
            window = slice(count - length, count)
            wanted = expected[window] * days.least_share[window]
            # A long window is seldom worse than its days, but its errors go together: half of the spread stays.
            wide = spread if length == 1 else spread * (0.5 + 0.5 / length)
            rows, usual_rows = int(days.rows[window].sum()), float(wanted.sum())
            least = chance.fewest(usual_rows, wide, self.false_alarms / 2)
            least = min(least, int(usual_rows * (1 - self.least_missing)))
            largest = chance.most(expected[window].sum(), wide, self.false_alarms / 2)
            what = f"rows of {last:%a %Y-%m-%d}" if length == 1 else f"rows of the {length} days to {last}"
            if hours < 24 and part < 1.0:
                what += f" until {hours}:00"
            if (days.least_share[window] < 1).any():
                what += " (with a holiday)"
            too_many = bool(rows > max(largest, usual_rows * 1.5))
            limit = max(largest, int(usual_rows * 1.5)) if too_many else least
            yield compared(what, rows, usual_rows, limit, int(open_days.sum()), only_warns=too_many)


def _share_before(facts: dict, last: date, hours: int) -> float:
    rows = [row for row in facts["hours"] or [] if row["day"] < last.isoformat()]
    total = sum(row["rows"] for row in rows)
    return sum(row["rows"] for row in rows if row["hour"] < hours) / total if total else 1.0


class ExpectUsualHours(ExpectLearned):
    """No block of hours of the last due day stayed without the share of rows that it usually has.

    Judged against the day's own total, so that a sale or a quiet day is not taken for a gap, and against the rows that
    these hours usually have, so that a rush in the other hours is not. A gap of hours in the night is nothing, nor is
    one that came before in the weeks that are looked at.
    """

    check: str = "usual_hours"
    least_missing: float = 0.6  # of what the block should have; thinner hours are for usual_rows to judge

    @classmethod
    def facts(cls, **arguments: Any) -> str:
        return ExpectUsualRows.facts(**arguments)

    def judge(self, facts: dict) -> Iterable[dict]:
        last, hours = due_day(facts["due"])
        days = Days.of(facts, last, self.weeks)
        if len(days.rows) < self.least_history or days.least_share[-1] < 1:
            return
        grid = np.zeros((len(days.rows), 24))
        for row in facts["hours"]:
            number = (date.fromisoformat(row["day"]) - days.first).days
            if 0 <= number < len(grid):
                grid[number, row["hour"]] = row["rows"]
        today, history = grid[-1, :hours], grid[:-1, :hours][days.least_share[:-1] >= 1]
        same = history[_is_weekend(days, history, last)]
        history = same if len(same) >= 10 and same.sum() >= 200 else history
        totals = history.sum(axis=1)
        profile = history.sum(axis=0) / max(totals.sum(), 1)
        total = today.sum()
        if not total or profile.max(initial=0) > 0.9:
            return
        found = []
        rate = self.false_alarms / TESTS_OF_HOURS
        for length in range(1, min(hours, 16) + 1):
            for start in range(hours - length + 1):
                block = slice(start, start + length)
                share, rows = profile[block].sum(), today[block].sum()
                if not 0 < share < 0.95:
                    continue
                # Of the rows outside the block one can tell how many there should be inside.
                expected = (total - rows) * share / (1 - share)
                if expected - rows < 4 or rows > expected * (1 - self.least_missing):
                    continue
                spread = chance.spread_of_shares(history[:, block].sum(axis=1), totals, share, sure=0.99)
                least = chance.fewest_of(int(total - rows + expected), share, spread, rate)
                # What is outside can itself be an accident, as three orders before nine of a day that has four.
                if rows >= chance.fewest_of(int(total), share, spread, rate**0.5):
                    least = min(least, rows)
                usual_rows = history[-28:, block].sum(axis=1)
                spread_of_rows = chance.spread_of_counts(usual_rows, np.full(len(usual_rows), usual_rows.mean()))
                least = min(least, chance.fewest(usual_rows.mean(), spread_of_rows, rate**0.5))
                # Rows that come in clumps, as events of a ticket do, leave gaps that no distribution tells of.
                least = min(least, history[totals > 0, block].sum(axis=1).min())
                found.append(compared(f"rows of {last} from {start}:00 to {start + length}:00", rows, expected, least,
                                      len(history)))  # fmt: skip
        short = [row for row in found if row["observed"] < row["expected"] - row["tolerated"]]
        if short:  # the overlapping blocks tell of one gap: the one that misses most
            yield max(short, key=lambda row: row["missing"])
        else:
            yield compared(f"hours with rows on {last}, as far as that can be told", int((today > 0).sum()),
                           int((today > 0).sum()), 0, len(history))  # fmt: skip


def _is_weekend(days: Days, history: np.ndarray, last: date) -> np.ndarray:
    calendar = [days.first + timedelta(days=number) for number in range(len(days.rows) - 1)]
    kept = [day for day, share in zip(calendar, days.least_share[:-1], strict=True) if share >= 1]
    assert len(kept) == len(history)
    return np.array([(day.weekday() >= 5) == (last.weekday() >= 5) for day in kept], dtype=bool)
