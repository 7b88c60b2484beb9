"""The company's clock: local days, working days and working minutes, counted one day after another.

The holidays and hours are those of the seeds; the sums are done here by plain walking, so that the warehouse's own way
to the same figures can be measured against it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
SCHEDULE = "default"
AHEAD_OF_UTC = timedelta(hours=8)  # China: one time zone, and no summer time since 1991
DAY = timedelta(days=1)
LAST_SECOND = time(23, 59, 59)


def rows_of(seed: str) -> list[dict[str, str]]:
    with open(SEEDS / f"{seed}.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def in_force(row: dict[str, str], day: date) -> bool:
    return row["valid_from"] <= day.isoformat() and (not row["valid_to"] or day.isoformat() < row["valid_to"])


def local(moment: datetime) -> datetime:
    return moment + AHEAD_OF_UTC


def to_utc(moment: datetime) -> datetime:
    return moment - AHEAD_OF_UTC


def today(moment: datetime) -> date:
    """The local day of a moment in UTC."""
    return local(moment).date()


def end_of(day: date) -> datetime:
    """The last second of a local day, in UTC."""
    return to_utc(datetime.combine(day, LAST_SECOND))


def at(day: date, minute: int) -> datetime:
    """A minute of a local day, in UTC."""
    return to_utc(datetime.combine(day, time()) + timedelta(minutes=minute))


@dataclass(frozen=True)
class WorkingTime:
    hours: tuple[dict[str, str], ...]
    exceptions: dict[date, bool]

    @classmethod
    def read(cls) -> WorkingTime:
        hours = tuple(row for row in rows_of("business_hours") if row["schedule_id"] == SCHEDULE)
        exceptions = {
            date.fromisoformat(row["calendar_on"]): row["is_working_day"] == "true"
            for row in rows_of("business_days")
            if row["schedule_id"] == SCHEDULE
        }
        return cls(hours, exceptions)

    @cached_property
    def _known(self) -> dict[date, list[tuple[datetime, datetime]]]:
        return {}

    def spans(self, day: date) -> list[tuple[datetime, datetime]]:
        """When is worked on a local day, in UTC. A Sunday that is made up for a holiday has a Monday's hours."""
        if day not in self._known:
            is_working = self.exceptions.get(day)
            hours = [row for row in self.hours if in_force(row, day) and int(row["iso_weekday"]) == day.isoweekday()]
            if is_working and not hours:
                hours = [row for row in self.hours if in_force(row, day) and row["iso_weekday"] == "1"]
            self._known[day] = [
                (at(day, int(row["opens_at_minute"])), at(day, int(row["closes_at_minute"])))
                for row in hours
                if is_working is not False
            ]
        return self._known[day]

    def seconds(self, start: datetime, end: datetime) -> int:
        """Working seconds between two moments in UTC."""
        total, day = timedelta(), today(start)
        while day <= today(end):
            for opens, closes in self.spans(day):
                total += max(timedelta(), min(closes, end) - max(opens, start))
            day += DAY
        return int(total.total_seconds())

    def after(self, moment: datetime, minutes: int) -> datetime:
        """So many working minutes later."""
        left, day = timedelta(minutes=minutes), today(moment)
        while True:
            for opens, closes in self.spans(day):
                room = max(timedelta(), closes - max(opens, moment))
                if room >= left:
                    return max(opens, moment) + left
                left -= room
            day += DAY

    def working_day_after(self, day: date, number: int) -> date:
        """The so many-th working day after a day."""
        while number:
            day += DAY
            number -= bool(self.spans(day))
        return day

    def closing_after(self, moment: datetime) -> datetime:
        """When work ends next: on that day, or on the next working day where that is past."""
        day = today(moment)
        while not self.spans(day) or self.spans(day)[-1][1] <= moment:
            day += DAY
        return self.spans(day)[-1][1]
