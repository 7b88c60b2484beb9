"""The timetable that promises are due by: from the models of the warehouse, or straight from the seeds."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from customer360.promises.due import DAY, WorkingCalendar

SCHEDULE = "default"


def calendar_of_models(connection: duckdb.DuckDBPyConnection, *, days: str, hours: str) -> WorkingCalendar:
    """From int_business_days_dated and int_business_hours_dated (relations)."""
    zones = connection.execute(
        f"select min(local_on), time_zone from {days} where schedule_id = ? group by time_zone order by 1", [SCHEDULE]
    ).fetchall()
    closings = connection.execute(
        f"select local_on, max(closes_at) from {hours} where schedule_id = ? group by local_on order by local_on",
        [SCHEDULE],
    ).fetchall()
    return WorkingCalendar(
        zones=tuple((day, ZoneInfo(name)) for day, name in zones),
        working_days=tuple(day for day, _ in closings),
        closes_at=tuple(closing for _, closing in closings),
    )


def calendar_of_seeds(folder: Path, *, first: date = date(2020, 1, 1), years: int = 15) -> WorkingCalendar:
    """From the seeds business_schedules, business_hours and business_days of a folder, for `years` from `first` on."""
    zones = [(date.fromisoformat(row["valid_from"]), ZoneInfo(row["time_zone"])) for row in _rows(folder, "schedules")]
    hours = _rows(folder, "hours")
    exceptions = {
        date.fromisoformat(row["calendar_on"]): row["is_working_day"] == "true" for row in _rows(folder, "days")
    }
    calendar = WorkingCalendar(tuple(sorted(zones, key=lambda each: each[0])), (), ())
    closings = {}
    for day in (first + number * DAY for number in range(365 * years)):
        closing = _closing(day, [row for row in hours if _is_in_force(row, day)], exceptions.get(day))
        if closing is not None:
            local = datetime.combine(day, time()) + timedelta(minutes=closing)
            closings[day] = local.replace(tzinfo=calendar.zone(local)).astimezone(UTC).replace(tzinfo=None)
    return WorkingCalendar(calendar.zones, tuple(closings), tuple(closings.values()))


def _rows(folder: Path, what: str) -> list[dict[str, str]]:
    with open(folder / f"business_{what}.csv", encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["schedule_id"] == SCHEDULE]


def _is_in_force(row: dict[str, str], day: date) -> bool:
    return row["valid_from"] <= day.isoformat() and (not row["valid_to"] or day.isoformat() < row["valid_to"])


def _closing(day: date, hours: list[dict[str, str]], is_working: bool | None) -> int | None:
    """Minutes after midnight; a weekend that is worked has the hours of the first weekday there is."""
    weekdays = sorted({int(row["iso_weekday"]) for row in hours})
    weekday = day.isoweekday() if day.isoweekday() in weekdays else weekdays[0] if is_working and weekdays else None
    if is_working is False or weekday is None:
        return None
    return max(int(row["closes_at_minute"]) for row in hours if int(row["iso_weekday"]) == weekday)
