"""A customer's membership on one day, as data: `explain` gathers it, `explain_text` puts it in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from customer360.levels.standing import Standing

FOR_EVER = date.max


@dataclass(frozen=True)
class TakenBack:
    """What a return took back of a line: the day, the growth (below zero), the return."""

    on: date
    growth: Decimal
    return_id: str


@dataclass(frozen=True)
class Line:
    """One entry that counts on the day, and what returns took back of it by then."""

    entry_id: str
    counts_from: date
    counts_until: date  # the last day it counts; FOR_EVER without an end
    growth: Decimal
    units: Decimal
    growth_per_unit: Decimal
    coefficient: Decimal
    order_id: str | None
    record_id: str
    sentence: dict[str, str]  # by language
    taken_back: tuple[TakenBack, ...] = ()

    @property
    def remaining(self) -> Decimal:
        return self.growth + sum((each.growth for each in self.taken_back), Decimal(0))


@dataclass(frozen=True)
class Period:
    """A level and the days on which it was held; `until` is the first day it was not, None where it still is."""

    level: str
    since: date
    until: date | None
    because: str


@dataclass(frozen=True)
class Restatement:
    """What was believed until `learnt_on` and why it no longer is: a period at a level, or a line of the ledger."""

    learnt_on: date
    because: dict[str, str]  # by language
    record_id: str | None  # what it was learnt from
    period: Period | None = None
    entry_id: str | None = None
    counts_from: date | None = None
    growth: Decimal | None = None
    counts_from_now: date | None = None  # None: the line is no more
    growth_now: Decimal | None = None


@dataclass(frozen=True)
class Grant:
    level: str
    since: date
    until: date  # the first day it is no longer granted


@dataclass(frozen=True)
class ValueTier:
    """The value tier of the as-of day of the last build, by the net sales of so many days, and what speaks for more."""

    name: dict[str, str]
    net_sales: Decimal
    period_days: int
    as_of: date
    reason: dict[str, str]


@dataclass(frozen=True)
class Level:
    name: dict[str, str]
    growth_from: Decimal
    is_lowest: bool


@dataclass(frozen=True)
class Explanation:
    """What is known of a customer's membership on a day; `standing` is None where they were no member that day."""

    customer_id: str
    day: date
    known_at: datetime | None  # None: as known now
    joined_on: date | None
    cancelled_on: date | None
    standing: Standing | None
    levels: dict[str, Level]
    lines: tuple[Line, ...]  # the newest first
    history: tuple[Period, ...]  # the newest first
    restatements: tuple[Restatement, ...]  # the newest first
    grants: tuple[Grant, ...]
    value_tier: ValueTier | None

    @property
    def growth_value(self) -> Decimal:
        return sum((line.remaining for line in self.lines), Decimal(0))

    @property
    def largest(self) -> list[Line]:
        """The lines that give most of the growth value, at most three."""
        counted = [line for line in self.lines if line.remaining > 0]
        return sorted(counted, key=lambda line: (-line.remaining, line.counts_from, line.entry_id))[:3]
