"""English time phrases: "within 24 hours", "by Friday 4 pm", "tomorrow morning", "before the end of the week"."""

from __future__ import annotations

import re
from dataclasses import replace

from customer360.promises import numerals
from customer360.promises.english_time_words import (
    ALONE,
    BEFORE,
    DAY_TIME,
    DURATION,
    MONTHS,
    RANGE_AFTER,
    TIME_DAY,
    WEEK,
)
from customer360.promises.expressions import AFTERNOON, DAY_END, MORNING, NOON, TimeExpression, TimePhrase

_GIVEN = re.compile(r"(?<![a-z])(?:(?:give|allow) (?:me|us|our team|the team)|(?:i|we)(?:'ll)? need) $")


def phrases(text: str) -> list[TimePhrase]:
    """Every English time phrase in `text` (as ReadableText.plain), overlaps included."""
    found = [_phrase(match, _duration(match)) for match in DURATION.finditer(text)]
    for pattern in (DAY_TIME, TIME_DAY):
        found += [_phrase(match, _day_and_time(match)) for match in pattern.finditer(text) if _stands_alone(match)]
    found += [_phrase(match, _time_alone(match)) for match in ALONE.finditer(text)]
    found += [_phrase(match, _span_of_days(match)) for match in WEEK.finditer(text) if _stands_alone(match)]
    return [phrase for phrase in found if phrase.expression]


def _phrase(match: re.Match, expression: TimeExpression | None) -> TimePhrase:
    return TimePhrase(match.start(), match.end(), expression)


def _stands_alone(match: re.Match) -> bool:
    """Not "until Friday", "Monday to Friday", "Friday's"."""
    text, said = match.string, match[0]
    given = _GIVEN.search(text[max(0, match.start() - 20) : match.start()])  # "give me until Friday"
    if (said.startswith("until ") and not given) or RANGE_AFTER.match(text, match.end()):
        return False
    if said.startswith(("by ", "before ", "no later")):  # "taken care of by Friday"
        return True
    return not BEFORE.search(text[max(0, match.start() - 20) : match.start()])


def _duration(match: re.Match) -> TimeExpression | None:
    lead, said = match["lead"], match["num"]
    units = ("minute", "hour", "work", "fortnight", "day", "week", "month")
    many = any(match[unit] and match[unit].endswith("s") for unit in units)
    if said is None and not lead.endswith(("the", "next", "following", "coming")):
        return None
    number = numerals.english(said) if said else float(numerals.FEW if many else 1)
    number = {"two": 2.0, "three": 3.0}.get(match["or"], number) + (0.5 if match["plus"] else 0)
    certainty = 0.5 if (numerals.is_about(said) if said else many) else 1.0
    if not re.match(r"with|in|under|over|give|allow|grant|bear|need|take", lead):
        certainty *= 0.8
    if match["minute"] or match["hour"]:
        return TimeExpression("minutes", round(number * (1 if match["minute"] else 60)), certainty=certainty)
    unit = "working days" if match["work"] else "months" if match["month"] else "days"
    if said is None and match["day"] and not many:
        return TimeExpression("days", 1 if lead.endswith(("next", "following", "coming")) else 0)
    if unit == "days" and number == 0.5:
        return TimeExpression("minutes", 12 * 60, certainty=0.6)
    return TimeExpression(
        unit, round(number * (7 if match["week"] else 14 if match["fortnight"] else 1)), certainty=certainty
    )


def _day_and_time(match: re.Match) -> TimeExpression | None:
    day = _day(match)
    return day and _at_time(day, match)


def _time_alone(match: re.Match) -> TimeExpression | None:
    if match["tonight"]:
        return TimeExpression("days", 0)
    this = match["this"] or ""
    if match["closing"]:
        return TimeExpression("clock", is_closing=True)
    if match["morning"] or match["afternoon"] or match["night"]:
        if not (match["by"] or this) and match[0] not in ("eod", "first thing"):
            return None
        if match["morning"] and not this.endswith("this "):  # "in the morning" said at night is the next one's
            return TimeExpression("clock", clock=MORNING)
        return _at_time(TimeExpression("days", 0), match)
    if not match["by"] and not match["half"]:
        return None
    said = _at_time(TimeExpression("clock"), match)
    return replace(said, clock=DAY_END if said.clock is None else said.clock)


def _span_of_days(match: re.Match) -> TimeExpression:
    end = match["me"]
    if match["ye"]:
        return TimeExpression("date", month=12, day=31)
    if match["afternext"]:
        return TimeExpression("week end", 2)
    if match["ofmonth"]:
        return TimeExpression("month end", month=_month(match["ofmonth"]))
    if end:
        return TimeExpression("month end" if end in ("eom", "end of month") or "month" in end else "week end")
    later = 1 if match["of"] in ("next", "the coming", "the following", "coming") else 0
    sure = 1.0 if match["of"] in ("this", "next") or "end" in match[0] else 0.8
    return TimeExpression("month end" if match["kind"].startswith("month") else "week end", later, certainty=sure)


def _at_time(day: TimeExpression, match: re.Match) -> TimeExpression:
    """`day` with the time of day of the match; without one the day's last second."""
    if match["closing"]:
        return replace(day, is_closing=True)
    if match["morning"]:
        return replace(day, clock=MORNING)
    if match["afternoon"]:
        return replace(day, clock=AFTERNOON)
    if match["noon"]:
        return replace(day, clock=NOON)
    if match["midnight"]:
        return replace(day, clock=DAY_END)
    if match["hours"]:
        hour, in_afternoon = int(match["hours"]), match["half"].startswith("p")
        hour = hour % 12 + 12 * in_afternoon if hour <= 12 else hour if in_afternoon else 99
        return replace(day, clock=_clock(hour, match["minutes"]))
    if match["hours24"]:
        return replace(day, clock=_clock(int(match["hours24"]), match["minutes24"]))
    said = match["oclock"] or match["oclock2"] or match["bare"]
    if said:
        return replace(day, clock=_hour_of_work(said, match["past"], match["to"]), certainty=day.certainty * 0.9)
    return day


def _clock(hour: int, minutes: str | None) -> int:
    """Minutes after midnight; -1 if there is no such time."""
    minute = int(minutes or 0)
    return hour * 60 + minute if hour <= 24 and minute < 60 and hour * 60 + minute <= DAY_END else -1


def _hour_of_work(said: str, past: str | None, to: str | None) -> int:
    """Minutes after midnight of "four o'clock", "half past four", "a quarter to five", "4": from 8 to 7 o'clock."""
    hour = int(said) if said.isdigit() else int(numerals.english(said))
    minutes = 0 if past is None else 30 if past == "half" else 15
    hour = hour + 12 if 0 < hour < 8 else hour
    return _clock(hour, None) + (-minutes if to == "to" else minutes) if hour <= 24 else -1


def _day(match: re.Match) -> TimeExpression | None:
    if match["date"]:
        return _date(match, "o_")
    if match["dated"]:
        return _date(match, "")
    if match["weekday"]:
        week = {"this": 0, "next": 1}.get(match["which"])
        return TimeExpression("weekday", _number_of_weekday(match["weekday"]), week=week)
    if match["overnight"]:
        return TimeExpression("days", 1, clock=MORNING, certainty=0.6)
    if match["nextwork"]:
        return TimeExpression("working days", 1)
    if match["today"] and match["today"].endswith(("morning", "afternoon")):
        return TimeExpression("days", 0, clock=MORNING if match["today"].endswith("morning") else AFTERNOON)
    return TimeExpression("days", 2 if match["after"] else 1 if match["tomorrow"] or match["nextday"] else 0)


def _date(match: re.Match, prefix: str) -> TimeExpression | None:
    def part(name: str) -> int | None:
        value = match[prefix + name]
        return int(value) if value and value.isdigit() else None

    if match[prefix + "d1"]:
        return TimeExpression("date", year=part("year"), month=_month(match[prefix + "m1"]), day=part("d1"))
    if match[prefix + "m2"]:
        return TimeExpression("date", year=part("year2"), month=_month(match[prefix + "m2"]), day=part("d2"))
    if match[prefix + "y3"]:
        return TimeExpression("date", year=part("y3"), month=part("m3"), day=part("d3"))
    if match[prefix + "d4"]:
        return TimeExpression("date", year=part("y4"), month=part("m4"), day=part("d4"))
    if match[prefix + "a5"]:
        return _slashed(part("a5"), part("b5"), part("y5"))
    return TimeExpression("date", number=int(match[prefix + "m6"] == "next"), day=part("d6") or part("d7"))


def _slashed(first: int, second: int, year: int | None) -> TimeExpression:
    """9/14 and 14/9; where both could be the month, the first is, with less certainty."""
    month, day = (second, first) if first > 12 else (first, second)
    certainty = 0.7 if first <= 12 and second <= 12 and first != second else 1.0
    year = year + 2000 if year is not None and year < 100 else year
    return TimeExpression("date", year=year, month=month, day=day, certainty=certainty)


def _month(name: str) -> int:
    return MONTHS.index(name[:3]) + 1


def _number_of_weekday(name: str) -> int:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name[:3]) + 1
