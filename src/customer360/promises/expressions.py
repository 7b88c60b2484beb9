"""What a time phrase means before it is known when it was said."""

from __future__ import annotations

from dataclasses import dataclass

MORNING, NOON, AFTERNOON, DAY_END = 12 * 60, 12 * 60, 18 * 60, 24 * 60
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
UNITS = ("minutes", "days", "working days", "months", "weekday", "date", "week end", "month end", "clock")


@dataclass(frozen=True)
class TimeExpression:
    """A time relative to the moment it was said; `due.due_at` resolves it.

    unit: one of UNITS. number: how many minutes, days, working days or months; weeks or months from now for a week's or
    month's end; the weekday (1 Monday … 7 Sunday). week: of a weekday, 0 this ISO week, 1 the next, None the first such
    day from today on. month, day, year: of a date, as far as said (`number` months on where no month was). clock:
    minutes after midnight of that day, None its last second. is_closing: closing time of that day. certainty: 0–1, how
    surely the words mean this.
    """

    unit: str
    number: int = 0
    week: int | None = None
    year: int | None = None
    month: int | None = None
    day: int | None = None
    clock: int | None = None
    is_closing: bool = False
    certainty: float = 1.0

    def in_words(self) -> str:
        """Plain English, for people who tune the rules."""
        return self._day_in_words() + self._clock_in_words()

    def _day_in_words(self) -> str:
        if self.unit == "weekday":
            of_week = {None: "the first {} from today on", 0: "{} of this week"}.get(self.week, "{} of next week")
            return of_week.format(WEEKDAYS[self.number - 1])
        if self.unit == "date":
            said = [self.year, self.month, self.day]
            months_on = f" {self.number} months on" if self.number else ""
            return "the date " + "-".join("?" if part is None else f"{part:02}" for part in said) + months_on
        if self.unit in ("week end", "month end"):
            unit = self.unit.split()[0]
            return f"the end of {'this' if self.number == 0 else 'next'} {unit}"
        if self.unit == "clock":
            return "closing time" if self.is_closing else "that time, today or tomorrow"
        if self.unit == "days" and self.number < 2:
            return ("today", "tomorrow")[self.number]
        return f"{self.number} {self.unit} later"

    def _clock_in_words(self) -> str:
        if self.is_closing and self.unit != "clock":
            return ", closing time"
        if self.clock is None:
            return ""
        return f", {self.clock // 60:02}:{self.clock % 60:02}" if 0 <= self.clock <= DAY_END else ", no time of a clock"


@dataclass(frozen=True)
class TimePhrase:
    """Where a time phrase stands in the text, and what it means."""

    start: int
    end: int
    expression: TimeExpression


def without_overlaps(phrases: list[TimePhrase]) -> list[TimePhrase]:
    """Of phrases that overlap the longest, the first of equally long ones; in order."""
    taken: list[TimePhrase] = []
    for phrase in sorted(phrases, key=lambda each: (each.start - each.end, each.start)):
        if all(phrase.end <= other.start or other.end <= phrase.start for other in taken):
            taken.append(phrase)
    return sorted(taken, key=lambda each: each.start)
