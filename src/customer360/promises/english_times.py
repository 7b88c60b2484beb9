"""English time phrases: "within 24 hours", "by Friday 4 pm", "tomorrow morning", "before the end of the week"."""

from __future__ import annotations

import re
from dataclasses import replace

from customer360.promises import numerals
from customer360.promises.expressions import AFTERNOON, DAY_END, MORNING, NOON, TimeExpression, TimePhrase

_L, _R = r"(?<![a-z0-9])", r"(?![a-z0-9])"  # ends of a word, also beside Chinese characters
_NUM = numerals.ENGLISH
_WEEKDAY = (
    r"mon(?:day)?|tues?(?:day)?|wed(?:nesday|s)?|weds|thu(?:rs?)?(?:day)?|fri(?:day)?"
    r"|sat(?:urday)?|sun(?:day)?"
)
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_UNIT = (
    r"(?P<minute>min(?:ute)?s?)|(?P<hour>h(?:ou)?rs?|h)|(?P<work>(?:working|business|work|bus\.?|office)[ -]days?)"
    r"|(?P<day>(?:calendar )?days?)|(?P<week>w(?:ee)?ks?)|(?P<month>months?)"
)
_BUSINESS = (
    r"(?:close of (?:business|play|day)|end of business(?: day| hours)?|end of (?:the "
    r"|our )?(?:working|work|business) day|cob|eob|closing time)"
)
_CLOCK = (
    r"(?P<hours>\d{1,2})(?:[:.](?P<minutes>\d\d))? ?(?P<half>am|pm|a\.m\.?|p\.m\.?)"
    r"|(?P<hours24>\d{1,2}):(?P<minutes24>\d\d)(?:h| hours)?"
    r"|(?P<oclock>\d{1,2}) ?o'?clock|(?P<noon>noon|midday|lunch(?:[ -]?time)?|12 noon)|(?P<midnight>midnight)"
)
_PART = (
    rf"(?P<closing>{_BUSINESS})|(?P<morning>(?:mid|early |late )?[- ]?(?:morning)|first thing)"
    r"|(?P<afternoon>(?:early |late |mid[- ])?afternoon)|(?P<night>evening|night"
    r"|end of (?:the )?day|eod|the end of it)"
)
_TIME = rf"(?:{_CLOCK}|{_PART})"
_YEAR = r"(?:,? ?(?P<year>20\d\d))?"
_DATE = (
    rf"(?:the )?(?P<d1>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?[ -]?(?P<m1>{_MONTH})\.?{_R}{_YEAR}"
    rf"|(?P<m2>{_MONTH})\.? (?:the )?(?P<d2>\d{{1,2}})(?:st|nd|rd|th)?(?!\d| ?[:.]\d"
    rf"| ?[ap]m){_YEAR.replace('year', 'year2')}"
    r"|(?P<y3>20\d\d)[-/.](?P<m3>\d{1,2})[-/.](?P<d3>\d{1,2})"
    r"|(?P<d4>\d{1,2})\.(?P<m4>\d{1,2})\.(?P<y4>20\d\d)?"
    r"|(?P<a5>\d{1,2})/(?P<b5>\d{1,2})(?:/(?P<y5>20\d\d|\d\d))?"
    r"|the (?P<d6>\d{1,2})(?:st|nd|rd|th)(?: of (?P<m6>this|next) month)?"
)
_DAY = (
    r"(?:(?P<which>this coming|this|next|coming"
    rf"|the coming) )?(?P<weekday>{_WEEKDAY})(?:,? (?:the )?(?P<dated>{_DATE}))?"
    rf"|(?P<date>{_DATE.replace('?P<', '?P<o_')})|(?P<after>(?:the )?day after (?:tomorrow|tmrw))"
    r"|(?P<tomorrow>tomorrow|tmrw|tmr|tomorow|tommorow|tommorrow)"
    r"|(?P<today>today|the same day|this very day)|(?P<nextwork>(?:the )?(?:next"
    r"|following) (?:working|business|work) day)|(?P<nextday>the (?:next|following) day)"
)
_MOST = (
    r"(?:no later than|not later than|no more than|not more than|less than|at most|at the latest"
    r"|latest|a maximum of|max\.?|up to|about|around|approximately|roughly)"
)
_BY = (
    r"(?:(?:by|on|before|for|at|until|come|around|prior to|not later than|no later than"
    r"|at the latest(?: by| on)?|latest(?: by)?) )"
)
_DURATION = re.compile(
    rf"{_L}(?P<lead>(?:(?:(?:give|allow) (?:us|me)|with ?in|in|inside|under|over)(?: {_MOST})?|{_MOST})"
    r"(?: the)?(?: (?:next"
    r"|following|coming|course of the next))?)"
    rf" (?:(?P<low>{_NUM}) ?(?:to|or|-|and|/) ?)?(?P<num>{_NUM})?[ -]?(?P<and>(?:full |more "
    rf"|other )?)(?:{_UNIT}){_R}(?P<plus> and a half)?(?:'s?)?(?: time)?"
)
_BEFORE = re.compile(
    r"(?:^|[^a-z])(?:since|until|untill|till|after|of|from|last|past|previous|every|each|between"
    r"|black|cyber|dated|on or after|as of|starting|(?:\w+day|mon|tue|wed|thu|fri|sat|sun) ?(?:to"
    r"|-|through|and)) ?(?:the )?$"
)
_RANGE_AFTER = re.compile(rf"(?: ?- ?| to | through | and )(?:{_WEEKDAY})(?![a-z])|'s|s\b|-hour")
_DAY_TIME = re.compile(
    rf"{_L}{_BY}?(?:(?:the )?end of )?(?:later )?(?:{_DAY}){_R}"
    r"(?:(?:,? (?:in the |at the |at |by the |by |before the |before "
    rf"|around )?|,)(?:{_TIME}){_R})?(?: at the latest)?"
)
_TIME_DAY = re.compile(
    rf"{_L}{_BY}?(?:the )?(?:{_TIME}),?(?: on| of| in| by)?(?: the)? (?:{_DAY}){_R}(?: at the latest)?"
)
_ALONE = re.compile(
    rf"{_L}(?P<by>{_BY})?(?P<this>this |the |our |later this |in the )?(?:(?P<tonight>tonight"
    rf"|tonite)|{_TIME}){_R}(?P<latest> (?:at the )?latest)?"
)
_WEEK = re.compile(
    rf"{_L}(?:{_BY}|during |in |within |over )?(?:(?:the )?(?:end|course) of |later |early |late "
    r"|mid |mid-|the (?:beginning|start|middle) of |beginning of |in the course of )*"
    r"(?P<of>this|next|the|the coming|the following|coming) (?:working |business "
    rf"|work )?(?P<kind>week(?:end|'s end)?|month(?:'s end)?){_R}(?! day)"
    rf"|{_L}(?:by )?(?P<me>month[- ]end|eom|eow|end of week|end of month){_R}"
    rf"|{_L}{_BY}(?:the )?end of (?P<ofmonth>{_MONTH}){_R}"
)


def phrases(text: str) -> list[TimePhrase]:
    """Every English time phrase in `text` (as ReadableText.plain), overlaps included."""
    found = [_phrase(match, _duration(match)) for match in _DURATION.finditer(text)]
    for pattern in (_DAY_TIME, _TIME_DAY):
        found += [_phrase(match, _day_and_time(match)) for match in pattern.finditer(text) if _stands_alone(match)]
    found += [_phrase(match, _time_alone(match)) for match in _ALONE.finditer(text)]
    found += [_phrase(match, _span_of_days(match)) for match in _WEEK.finditer(text) if _stands_alone(match)]
    return [phrase for phrase in found if phrase.expression]


def _phrase(match: re.Match, expression: TimeExpression | None) -> TimePhrase:
    return TimePhrase(match.start(), match.end(), expression)


def _stands_alone(match: re.Match) -> bool:
    """Not "until Friday", "Monday to Friday", "Friday's"."""
    text, said = match.string, match[0]
    if said.startswith("until ") or _RANGE_AFTER.match(text, match.end()):
        return False
    return not _BEFORE.search(text[max(0, match.start() - 20) : match.start()])


def _duration(match: re.Match) -> TimeExpression | None:
    lead, said = match["lead"], match["num"]
    many = any(match[unit] and match[unit].endswith("s") for unit in ("minute", "hour", "work", "day", "week", "month"))
    if said is None and not lead.endswith(("the", "next", "following", "coming")):
        return None
    number = numerals.english(said) if said else float(numerals.FEW if many else 1)
    number += 0.5 if match["plus"] else 0
    certainty = 0.5 if (numerals.is_about(said) if said else many) else 1.0
    if not re.match(r"with|in|under|over|give|allow", lead):
        certainty *= 0.8
    if match["minute"] or match["hour"]:
        return TimeExpression("minutes", round(number * (1 if match["minute"] else 60)), certainty=certainty)
    unit = "working days" if match["work"] else "months" if match["month"] else "days"
    if said is None and match["day"] and not many:
        return TimeExpression("days", 1 if lead.endswith(("next", "following", "coming")) else 0)
    if unit == "days" and number == 0.5:
        return TimeExpression("minutes", 12 * 60, certainty=0.6)
    return TimeExpression(unit, round(number * 7 if match["week"] else number), certainty=certainty)


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
        if not (match["by"] or this) and match[0] != "eod":
            return None
        return _at_time(TimeExpression("days", 0), match)
    if not match["by"] and not match["half"]:
        return None
    said = _at_time(TimeExpression("clock"), match)
    return replace(said, clock=DAY_END if said.clock is None else said.clock)


def _span_of_days(match: re.Match) -> TimeExpression:
    end = match["me"]
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
    if match["oclock"]:
        hour = int(match["oclock"])
        return replace(day, clock=_clock(hour + 12 if 0 < hour < 8 else hour, None), certainty=day.certainty * 0.9)
    return day


def _clock(hour: int, minutes: str | None) -> int:
    """Minutes after midnight; -1 if there is no such time."""
    minute = int(minutes or 0)
    return hour * 60 + minute if hour <= 24 and minute < 60 and hour * 60 + minute <= DAY_END else -1


def _day(match: re.Match) -> TimeExpression | None:
    if match["date"]:
        return _date(match, "o_")
    if match["dated"]:
        return _date(match, "")
    if match["weekday"]:
        week = {"this": 0, "next": 1}.get(match["which"])
        return TimeExpression("weekday", _number_of_weekday(match["weekday"]), week=week)
    if match["nextwork"]:
        return TimeExpression("working days", 1)
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
    return TimeExpression("date", number=int(match[prefix + "m6"] == "next"), day=part("d6"))


def _slashed(first: int, second: int, year: int | None) -> TimeExpression:
    """9/14 and 14/9; where both could be the month, the first is, with less certainty."""
    month, day = (second, first) if first > 12 else (first, second)
    certainty = 0.7 if first <= 12 and second <= 12 and first != second else 1.0
    year = year + 2000 if year is not None and year < 100 else year
    return TimeExpression("date", year=year, month=month, day=day, certainty=certainty)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _number_of_weekday(name: str) -> int:
    return ("mon", "tue", "wed", "thu", "fri", "sat", "sun").index(name[:3]) + 1
