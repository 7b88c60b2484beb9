"""When a promise falls due: the rules for time phrases, in the local time and working days of a timetable."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from customer360.promises.expressions import TimeExpression

DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


@dataclass(frozen=True)
class WorkingCalendar:
    """A timetable: its time zone, its working days in order, and when each of them closes (minutes after midnight)."""

    zone: ZoneInfo
    working_days: tuple[date, ...]
    closes_at: tuple[int, ...]

    def working_day_after(self, day: date, number: int) -> date | None:
        """The `number`th working day after `day`; None beyond the timetable."""
        return self._at(bisect_right(self.working_days, day) + number - 1)

    def closing(self, day: date) -> datetime | None:
        """Local closing time of `day`, or of the next working day where nobody works on it."""
        place = bisect_left(self.working_days, day)
        if self._at(place) is None:
            return None
        return _at(self.working_days[place], self.closes_at[place])

    def _at(self, place: int) -> date | None:
        return self.working_days[place] if 0 <= place < len(self.working_days) else None


def due_at(expression: TimeExpression, moment: datetime, calendar: WorkingCalendar) -> datetime | None:
    """When it falls due. Moments are UTC without a zone. None where there is no such day or time (31 February, 25:00),
    or the timetable does not reach so far."""
    if expression.unit == "minutes":
        return moment + timedelta(minutes=expression.number)
    if expression.clock is not None and not 0 <= expression.clock <= 24 * 60:
        return None
    now = moment.replace(tzinfo=UTC).astimezone(calendar.zone).replace(tzinfo=None)
    local = _local(expression, now, calendar)
    return local and local.replace(tzinfo=calendar.zone).astimezone(UTC).replace(tzinfo=None)


def _local(expression: TimeExpression, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    if expression.is_closing:
        return _closing(expression, now, calendar)
    if expression.unit == "clock":
        due = _at(now.date(), expression.clock)
        return due if due > now or expression.is_fixed else due + DAY
    day = _day(expression, now.date(), calendar)
    return day and _at(day, expression.clock)


def _closing(expression: TimeExpression, now: datetime, calendar: WorkingCalendar) -> datetime | None:
    """Closing time of that day; said of today after closing, that of the next working day."""
    day = now.date() if expression.unit == "clock" else _day(expression, now.date(), calendar)
    due = day and calendar.closing(day)
    return calendar.closing(day + DAY) if due and due <= now and day == now.date() else due


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
    return midnight + DAY - SECOND if minutes in (None, 24 * 60) else midnight + timedelta(minutes=minutes)
