"""Growth and levels by the rules of the seeds, worked out day by day for one member at a time.

Written from the rules alone and for reading, not for speed: the warehouse's own way to the same figures is measured
against it. What is believed on a day takes out of an entry what was taken back up to then, from the entry's own day
on. So each day of a refund begins the member's story anew, with what is known from that day on.
"""

from __future__ import annotations

import csv
import heapq
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

SEEDS = Path(__file__).resolve().parents[3] / "dbt_project" / "seeds"
CENT, ZERO, ONE = Decimal("0.01"), Decimal("0.00"), Decimal(1)
DAY = timedelta(days=1)
Row = dict[str, str]


@dataclass(frozen=True)
class Rules:
    """The rows of the seeds of these names, as text; an empty text is no value."""

    growth_rules: list[Row]
    member_levels: list[Row]
    level_rules: list[Row]
    level_grants: list[Row] = field(default_factory=list)

    @classmethod
    def read(cls, folder: Path = SEEDS) -> Rules:
        def rows(name: str) -> list[Row]:
            with open(folder / f"{name}.csv", encoding="utf-8", newline="") as file:
                return list(csv.DictReader(file))

        return cls(*(rows(name) for name in ("growth_rules", "member_levels", "level_rules", "level_grants")))


@dataclass(frozen=True)
class Member:
    person_id: str
    joined_on: date
    cancelled_on: date | None = None
    cards: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Fact:
    """Something that may earn: a line of a paid sale (money is what was paid for it), or an activity."""

    fact_id: str
    event_type: str
    occurred_at: datetime
    money: Decimal = ZERO
    quantity: Decimal | None = None
    channel: str | None = None
    category: str | None = None


@dataclass(frozen=True)
class Refund:
    """What came back of a line: so many `returned` of so many (pieces, or money where no line was named)."""

    return_id: str
    fact_id: str
    refunded_at: datetime
    returned: Decimal
    of: Decimal


@dataclass
class Entry:
    """growth_value: after the coefficient; negative where it takes back. It counts from its day on and, unless for
    ever, before `expires_on`. `level` is the one held when it was earned."""

    entry_id: str
    person_id: str
    occurred_at: datetime
    rule_id: str
    growth_value: Decimal
    source_record_id: str
    reverses_entry_id: str | None
    earned_on: date  # the day of the entry itself, or of the one it takes back
    expires_on: date | None
    base_growth: Decimal | None  # before the coefficient; this and what follows not where it takes back
    coefficient: Decimal | None
    level: str | None

    def counts_on(self, day: date) -> bool:
        return self.occurred_at.date() <= day and (self.expires_on is None or day < self.expires_on)


class Period(NamedTuple):
    """One member at one level, from a day on and before another (None: it lasts)."""

    person_id: str
    level: str
    valid_from: date
    valid_to: date | None
    change_reason: str | None  # where it is plain


@dataclass
class _Kept:
    """What the days up to now say about a level."""

    until: date = date.min  # the first day on which it is no longer kept
    was_reached: bool = False  # by the growth of yesterday


def cents(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def growth_on(entries: Iterable[Entry], day: date) -> Decimal:
    return sum((entry.growth_value for entry in entries if entry.counts_on(day)), ZERO)


def _in_force(rows: Iterable[Row], day: date) -> list[Row]:
    text = day.isoformat()
    return [row for row in rows if row["valid_from"] <= text and (not row["valid_to"] or text < row["valid_to"])]


class Story:
    """`entries` and `periods` of one member up to the end of `until`, in order of time."""

    def __init__(
        self, rules: Rules, member: Member, facts: Iterable[Fact], refunds: Iterable[Refund], until: date
    ) -> None:
        self.rules, self.member, self.until = rules, member, until
        self.entries: list[Entry] = []
        self.periods: list[Period] = []
        self.earned: list[Entry] = []  # without what takes back
        self.left: dict[str, Decimal] = {}  # of each entry, as known so far
        self.used: dict[tuple[str, str], list] = defaultdict(lambda: [0, ZERO])  # of the caps of a rule and period
        self.facts: dict[date, list[Fact]] = defaultdict(list)
        for fact in sorted(facts, key=lambda fact: (fact.occurred_at, fact.fact_id)):
            if fact.occurred_at.date() <= until and self.may_earn(fact):
                self.facts[fact.occurred_at.date()].append(fact)
        day_of = {fact.fact_id: day for day, facts in self.facts.items() for fact in facts}
        self.refunds: dict[date, list[Refund]] = defaultdict(list)
        for refund in sorted(refunds, key=lambda refund: (refund.refunded_at, refund.return_id)):
            if refund.fact_id in day_of and refund.refunded_at.date() <= until:
                self.refunds[max(refund.refunded_at.date(), day_of[refund.fact_id])].append(refund)
        first = min([member.joined_on, *self.facts])
        for known_from, known_to in pairwise(sorted({first, *self.refunds, until + DAY})):
            self.tell(first, known_from, known_to)
        self.entries.sort(key=lambda entry: (entry.occurred_at, entry.entry_id))

    def may_earn(self, fact: Fact) -> bool:
        """Orders earn while somebody is a member; what a card did counts on its day."""
        day, member = fact.occurred_at.date(), self.member
        is_member = member.joined_on <= day and (member.cancelled_on is None or day < member.cancelled_on)
        return is_member if fact.event_type == "purchase" else fact.event_type != "redeem"

    def tell(self, first: date, known_from: date, known_to: date) -> None:
        """All days again from the first, with what is known from one day until another; the days in between are new."""
        self.earn(known_from)
        for refund in self.refunds.get(known_from, ()):
            self.take_back(refund)
        kept = {row["level"]: _Kept() for row in self.rules.member_levels}
        days = self.turning_days(first)
        heapq.heapify(days)
        previous = None
        while days and days[0] < known_to:
            day = heapq.heappop(days)
            if day == previous:
                continue
            previous = day
            if day > known_from:
                for entry in self.earn(day):
                    if entry.expires_on:
                        heapq.heappush(days, entry.expires_on)
            level, ends = self.judge(kept, day)
            for end in ends:
                if end > day:
                    heapq.heappush(days, end)
            if day >= known_from:
                self.note(day, level)

    def turning_days(self, first: date) -> list[date]:
        """The days on which something may change, besides the ends of what is earned later and of levels."""
        member, rules = self.member, self.rules
        dated = [*rules.member_levels, *rules.level_rules, *self.grants()]
        days = {date.fromisoformat(row[name]) for row in dated for name in ("valid_from", "valid_to") if row[name]}
        days |= {first, member.joined_on, *self.facts, *self.refunds}
        days |= {entry.expires_on for entry in self.earned if entry.expires_on}
        days |= {member.cancelled_on} if member.cancelled_on else set()
        return [day for day in days if day >= first]

    def grants(self) -> list[Row]:
        return [row for row in self.rules.level_grants if row["member_id"] in self.member.cards]

    # Entries

    def earn(self, day: date) -> list[Entry]:
        """Make the entries of a day, each once."""
        made = []
        for fact in self.facts.get(day, ()):
            for rule in _in_force(self.rules.growth_rules, day):
                if rule["event_type"] == fact.event_type and self.is_for(rule, fact):
                    growth = self.under_cap(rule, fact)
                    if growth is not None:
                        made.append(self.entry(rule, fact, growth))
        self.earned += made
        self.entries += made
        return made

    @staticmethod
    def is_for(rule: Row, fact: Fact) -> bool:
        if fact.event_type != "purchase":
            return True
        wanted = ((rule["channels"], fact.channel), (rule["categories"], fact.category))
        return all(not names or value in names.split("|") for names, value in wanted)

    def under_cap(self, rule: Row, fact: Fact) -> Decimal | None:
        """What a fact earns before the coefficient; None where a cap leaves nothing of it."""
        units = {"currency": fact.money, "quantity": fact.quantity, "event": ONE}[rule["unit"]]
        if units is None:
            return None
        growth = cents(units * Decimal(rule["growth_per_unit"]))
        if not rule["cap_period"]:
            return growth
        digits = {"day": 10, "month": 7, "year": 4}[rule["cap_period"]]
        used = self.used[(rule["rule_id"], fact.occurred_at.date().isoformat()[:digits])]
        if rule["cap_events"] and used[0] >= int(rule["cap_events"]):
            return None
        used[0] += 1
        if rule["cap_growth"]:
            growth = min(growth, Decimal(rule["cap_growth"]) - used[1])
            if growth <= 0:
                return None
        used[1] += growth
        return growth

    def entry(self, rule: Row, fact: Fact, growth: Decimal) -> Entry:
        day = fact.occurred_at.date()
        levels = _in_force(self.rules.member_levels, day)
        lowest = min(levels, key=lambda row: int(row["level_rank"]))
        held = next((row for row in levels if row["level"] == self.level_on(day - DAY)), lowest)
        coefficient = Decimal(held["coefficient"]) if rule["uses_coefficient"] == "true" else ONE
        name = f"{rule['rule_id']}-v{rule['rule_version']}-{fact.fact_id}"
        expires_on = day + int(rule["validity_days"]) * DAY if rule["validity_days"] else None
        self.left[name] = value = cents(growth * coefficient)
        return Entry(
            name,
            self.member.person_id,
            fact.occurred_at,
            rule["rule_id"],
            value,
            fact.fact_id,
            None,
            day,
            expires_on,
            growth,
            coefficient,
            held["level"],
        )

    def take_back(self, refund: Refund) -> None:
        for entry in self.earned:
            if entry.source_record_id != refund.fact_id:
                continue
            back = min(cents(entry.growth_value * refund.returned / refund.of), self.left[entry.entry_id])
            if back == 0:
                continue
            self.left[entry.entry_id] -= back
            self.entries.append(
                Entry(
                    f"return-{refund.return_id}-of-{entry.entry_id}",
                    entry.person_id,
                    max(refund.refunded_at, entry.occurred_at),
                    entry.rule_id,
                    -back,
                    refund.return_id,
                    entry.entry_id,
                    entry.earned_on,
                    entry.expires_on,
                    None,
                    None,
                    None,
                )
            )

    # Levels

    def growth(self, day: date) -> Decimal:
        """Of a day, as it is known so far."""
        return sum((self.left[entry.entry_id] for entry in self.earned if entry.counts_on(day)), ZERO)

    def judge(self, kept: dict[str, _Kept], day: date) -> tuple[Row, list[date]]:
        """The level of a day, and the days on which levels end as things stand. `kept` is brought up to the day."""
        growth = self.growth(day)
        is_earning = self.thresholds(day) != self.thresholds(day - DAY) or any(
            entry.earned_on == day and self.left[entry.entry_id] > 0 for entry in self.earned
        )
        levels = sorted(_in_force(self.rules.member_levels, day), key=lambda row: -int(row["level_rank"]))
        *higher, lowest = levels
        for number, row in enumerate(higher):
            now, below = kept[row["level"]], [kept[lower["level"]] for lower in higher[number:]]
            is_reached = growth >= Decimal(row["growth_from"])
            if is_reached and is_earning:
                rule = self.level_rule(day)
                self.keep(below, day + int(rule["validity_days"]) * DAY, rule)
            if now.was_reached:
                self.keep(below, day, self.level_rule(day - DAY))
            now.was_reached = is_reached
        held = [row for row in higher if kept[row["level"]].was_reached or day < kept[row["level"]].until]
        ends = [kept[row["level"]].until for row in higher]
        granted = {row["level"] for row in _in_force(self.grants(), day)}
        held += [row for row in levels if row["level"] in granted]
        return max([lowest, *held], key=lambda row: int(row["level_rank"])), ends

    def thresholds(self, day: date) -> dict[str, Decimal]:
        return {row["level"]: Decimal(row["growth_from"]) for row in _in_force(self.rules.member_levels, day)}

    @staticmethod
    def keep(levels: list[_Kept], reviewed_on: date, rule: Row) -> None:
        """Keep the first of the levels until its review and through its grace, and each next one, which is lower, for a
        validity and a grace more: by the rule of the day that earned it."""
        for level in levels:
            end = reviewed_on + int(rule["grace_days"]) * DAY
            level.until = max(level.until, end)
            if rule["downgrade"] == "straight":
                break
            reviewed_on = end + int(rule["validity_days"]) * DAY

    def level_rule(self, day: date) -> Row:
        return _in_force(self.rules.level_rules, day)[0]

    def level_on(self, day: date) -> str | None:
        """What was held on a day up to the last one told."""
        return next(
            (
                period.level
                for period in reversed(self.periods)
                if period.valid_from <= day and (period.valid_to is None or day < period.valid_to)
            ),
            None,
        )

    def note(self, day: date, level: Row) -> None:
        member, last = self.member, self.periods[-1] if self.periods else None
        is_over = member.cancelled_on is not None and day >= member.cancelled_on
        if (
            day < member.joined_on
            or (last and last.valid_to)
            or (last and last.level == level["level"] and not is_over)
        ):
            return
        if last:
            self.periods[-1] = last._replace(valid_to=day)
        if not is_over:
            reason = self.reason(day, last.level, level) if last else "joined"
            self.periods.append(Period(member.person_id, level["level"], day, None, reason))

    def reason(self, day: date, before: str, level: Row) -> str | None:
        """Why a level changed, on a day on which neither the rules nor a grant did."""
        dated = [*self.rules.member_levels, *self.rules.level_rules, *self.grants()]
        if day.isoformat() in {row[name] for row in dated for name in ("valid_from", "valid_to")}:
            return None
        ranks = {row["level"]: int(row["level_rank"]) for row in _in_force(self.rules.member_levels, day)}
        if int(level["level_rank"]) > ranks[before]:
            return "growth earned"
        return "goods returned" if day in self.refunds else "growth expired"
