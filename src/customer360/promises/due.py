"""When a promise falls due: the rules for time phrases, in the local time and working days of a timetable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from customer360.promises.expressions import DAY_END, TimeExpression

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """A timetable: its working days in order, when each of them closes (UTC), and its time zones, each with the first
    day it holds for."""

    zones: tuple[tuple[date, ZoneInfo], ...]
    working_days: tuple[date, ...]
    closes_at: tuple[datetime, ...]

    def zone(self, moment: datetime) -> ZoneInfo:
        """The time zone at a moment in UTC; UTC where no timetable is known."""
        if not self.zones:
            return ZoneInfo("UTC")
        place = bisect_right([day for day, _ in self.zones], moment.date())
        return self.zones[max(0, place - 1)][1]

    def working_day_after(self, day: date, number: int) -> date | None:
        """The `number`th working day after `day`; None beyond the timetable."""
        place = bisect_right(self.working_days, day) + number - 1
        return self.working_days[place] if 0 <= place < len(self.working_days) else None

    def closing(self, day: date) -> datetime | None:
        """When `day` closes (UTC), or the next working day where nobody works on it."""
        place = bisect_left(self.working_days, day)
        return self.closes_at[place] if place < len(self.closes_at) else None


def due_at(expression: TimeExpression, moment: datetime, calendar: WorkingCalendar) -> datetime | None:
    """When it falls due. Moments are UTC without a zone. None where there is no such day or time (31 February, 25:00),
    or the timetable does not reach so far."""
    if expression.unit == "minutes":
        return moment + timedelta(minutes=expression.number)
    if expression.clock is not None and not 0 <= expression.clock <= DAY_END:
        return None
    zone = calendar.zone(moment)
    now = moment.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
    try:
        day = now.date() if expression.unit == "clock" else _day(expression, now.date(), calendar)
    except (OverflowError, ValueError):  # the year 10000
        return None
    if day is None:
        return None
    if expression.is_closing:
        return _closing(day, moment, now.date(), calendar)
    due = _at(day, expression.clock)
    if expression.unit == "clock" and due <= now:
        due += DAY
    return due.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)


def _closing(day: date, moment: datetime, today: date, calendar: WorkingCalendar) -> datetime | None:
    """Closing time of that day; said of today after closing, that of the next working day."""
    due = calendar.closing(day)
    return calendar.closing(today + DAY) if due and due <= moment and day == today else due


def _day(expression: TimeExpression, today: date, calendar: WorkingCalendar) -> date | None:
    number = expression.number
    if expression.unit == "days":
        return today + number * DAY
    if expression.unit == "working days":
        return calendar.working_day_after(today, number)
    if expression.unit == "months":
        year, month = _month(today, number)
        return date(year, month, min(today.day, monthrange(year, month)[1]))
    if expression.unit == "week end":
        return today + (7 - today.isoweekday() + 7 * number) * DAY
    if expression.unit == "month end":
        return _month_end(expression, today)
    if expression.unit == "weekday":
        days = number - today.isoweekday()
        return today + (days % 7 if expression.week is None else days + 7 * expression.week) * DAY
    return _date(expression, today)


def _month_end(expression: TimeExpression, today: date) -> date:
    year, month = _month(today, expression.number)
    if expression.month:
        year, month = today.year + (expression.month < today.month), expression.month
    return date(year, month, monthrange(year, month)[1])


def _date(expression: TimeExpression, today: date) -> date | None:
    """The first such date from today on; None if no month or year has it."""
    if expression.year:
        return _real(expression.year, expression.month, expression.day)
    if expression.month:
        years = range(today.year, today.year + (9 if (expression.month, expression.day) == (2, 29) else 2))
        days = (_real(year, expression.month, expression.day) for year in years)
    elif expression.number:
        return _real(*_month(today, expression.number), expression.day)
    else:
        days = (_real(*_month(today, months), expression.day) for months in range(3))
    return next((day for day in days if day and day >= today), None)


def _month(today: date, months_on: int) -> tuple[int, int]:
    months = today.year * 12 + today.month - 1 + months_on
    return months // 12, months % 12 + 1


def _real(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _at(day: date, minutes: int | None) -> datetime:
    """That minute of the day; the end of the day is its last second."""
    midnight = datetime.combine(day, time())
    return midnight + DAY - SECOND if minutes in (None, DAY_END) else midnight + timedelta(minutes=minutes)
