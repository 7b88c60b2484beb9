"""Birth dates, from the ways people write them, and why one is not believed."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache
from typing import NamedTuple

from customer360.identity.normalise.text import table

DEFAULTS = {row["date"]: row["reason"] for row in table("default_birth_dates.csv")}
YEAR_FIRST = re.compile(r"([0-9]{4})[-/.\s年]+([0-9]{1,2})[-/.\s月]+([0-9]{1,2})\s*[日号]?(?:[T ]+[0-9:.]+Z?)?")
YEAR_LAST = re.compile(r"([0-9]{1,2})[-/.\s]+([0-9]{1,2})[-/.\s]+([0-9]{4})")
COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:\.0)?")
LATEST = date(2100, 1, 1)


class BirthDate(NamedTuple):
    """The date if it is believed, what was written as yyyymmdd, and the reason where there is no date."""

    born_on: date | None
    digits: str | None
    reason: str | None


NONE = BirthDate(None, None, None)


@lru_cache(maxsize=65536)
def normalise_birth_date(text: str | None, known_on: date | None = None) -> BirthDate:
    """A birth date from ISO, yyyymmdd, "1949 7 22", 1949年7月22日, and dd/mm/yyyy or mm/dd/yyyy where only one can be.

    `known_on` is the day the record was known: nobody is born after it. What is no date, one nobody alive has, or one
    that a system fills in is not believed; `reason` says which.
    """
    text = text.strip() if text else ""
    if not text:
        return NONE
    parts = _parts(text)
    if parts is None:
        return BirthDate(None, None, "not a date")
    year, month, day = parts
    if month is None:
        return BirthDate(None, None, "day and month cannot be told apart")
    if not year or not (month or day):
        return BirthDate(None, None, "a default date")  # 0000-00-00, 1980-00-00: not known, which is no slip
    digits = f"{year:04}{month:02}{day:02}"
    try:
        born_on = date(year, month, day)
    except ValueError:
        return BirthDate(None, digits, "no such day")
    default = DEFAULTS.get(born_on.isoformat())
    if default:
        return BirthDate(None, None, default)
    if born_on > (known_on or LATEST):
        return BirthDate(None, digits, "after the day the record was loaded")
    return BirthDate(born_on, digits, None)


def _parts(text: str) -> tuple[int, int | None, int | None] | None:
    """Year, month, day; month and day are None where they could be either way round."""
    match = YEAR_FIRST.fullmatch(text) or COMPACT.fullmatch(text)
    if match:
        return int(match[1]), int(match[2]), int(match[3])
    match = YEAR_LAST.fullmatch(text)
    if not match:
        return None
    first, second, year = int(match[1]), int(match[2]), int(match[3])
    if first > 12 >= second or first == second:
        return year, second, first
    if second > 12 >= first:
        return year, first, second
    return (year, None, None) if first <= 12 else (year, second, first)
