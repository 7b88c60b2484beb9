"""Where one member stands on any day, as known now or as it was believed at an earlier time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_CEILING, Decimal

import duckdb

from customer360.errors import LevelsError
from customer360.identity.lookup import believed_at
from customer360.levels.periods import level_periods
from customer360.levels.rules import load_rules
from customer360.sources.casting import literal

CENT = Decimal("0.01")


@dataclass(frozen=True)
class Standing:
    """A member at the end of a day. Dates are None where nothing is to come; without a level they are no member then.

    growth_value and the other growth figures are in points; spend_to_next is money at the member's own coefficient.
    """

    day: date
    level: str | None
    level_rank: int | None
    name_en: str | None
    name_zh: str | None
    since: date | None
    change_reason: str | None
    growth_from: Decimal | None
    growth_value: Decimal
    coefficient: Decimal | None
    next_level: str | None
    next_name_en: str | None
    next_name_zh: str | None
    growth_to_next: Decimal | None
    spend_to_next: Decimal | None
    next_expiry_on: date | None
    next_expiry_growth: Decimal | None
    review_on: date | None
    ends_on: date | None
    growth_to_keep: Decimal | None

    @property
    def is_in_grace(self) -> bool:
        return self.review_on is not None and self.review_on <= self.day


def believed_entries(customer_id: str, known_at: datetime | None) -> str:
    """SQL: the ledger entries of a customer as believed now, or at `known_at` (naive UTC)."""
    believed = believed_at(known_at, since="known_at", until="known_until")
    return f"(select * from intermediate.int_growth_entries where customer_id = {literal(customer_id)} and {believed})"


def standing(
    connection: duckdb.DuckDBPyConnection, customer_id: str, *, day: date, known_at: datetime | None = None
) -> Standing:
    """Where the member stands at the end of `day`, from the facts up to that day.

    Raises LevelsError if the customer is no member, or had not joined on that day.
    """
    entries = believed_entries(customer_id, known_at)
    whose = f"where customer_id = {literal(customer_id)}"
    members = f"(select * from intermediate.int_members_aggregated_to_customers {whose})"
    row = connection.execute(f"select joined_on from {members}").fetchone()
    if row is None:
        raise LevelsError(f"Customer {customer_id} has no member card.")
    if row[0] > day:
        raise LevelsError(f"Customer {customer_id} joined on {row[0]}, after {day}.")
    rules = load_rules(connection, levels="intermediate.member_levels", level_rules="intermediate.level_rules")
    grants = f"(select * from intermediate.int_level_grants_identified {whose})"
    path = level_periods(connection, entries=entries, members=members, grants=grants, rules=rules, as_of=day)
    periods = path.order("valid_from").fetchall()
    now = next((p for p in periods if p[1] <= day and (p[2] is None or day < p[2])), None)
    after = next((p for p in periods if now and p[1] == now[2] and p[3] < now[3]), None)
    growth = _growth(connection, entries, day)
    level = _level(connection, now[3], day) if now else None
    above = _level(connection, now[3], day, above=True) if now else None
    # The day before is the last on which something earned still helps.
    kept = _level(connection, now[3], after[1] - timedelta(days=1)) if after else None
    to_next = above["growth_from"] - growth[0] if above else None
    return Standing(
        day=day,
        level=level and level["level"],
        level_rank=now and now[3],
        name_en=level and level["name_en"],
        name_zh=level and level["name_zh"],
        since=now and now[1],
        change_reason=now and now[4],
        growth_from=level and level["growth_from"],
        growth_value=growth[0],
        coefficient=level and level["coefficient"],
        next_level=above and above["level"],
        next_name_en=above and above["name_en"],
        next_name_zh=above and above["name_zh"],
        growth_to_next=to_next,
        spend_to_next=_spend(connection, to_next, level["coefficient"], day) if above else None,
        next_expiry_on=growth[1] if now else None,
        next_expiry_growth=growth[2] if now else None,
        review_on=after and after[7],
        ends_on=after and after[1],
        growth_to_keep=max(kept["growth_from"] - after[6], Decimal(0)) if kept else None,
    )


def _growth(connection, entries: str, day: date) -> tuple[Decimal, date | None, Decimal | None]:
    """Growth value on the day, when some of it expires next, and how much."""
    rows = connection.execute(
        f"""
        select expires_on, sum(growth_value) from {entries}
        where counts_from <= date '{day}' and (expires_on is null or expires_on > date '{day}')
        group by expires_on having sum(growth_value) <> 0 order by expires_on nulls last
        """
    ).fetchall()
    total = sum((row[1] for row in rows), Decimal("0.00"))
    expiring = next((row for row in rows if row[0]), (None, None))
    return total, *expiring


def _level(connection, rank: int, day: date, *, above: bool = False) -> dict | None:
    """The level of a rank by the rules of a day (of the first rules before them), or the next one `above` it."""
    compared = "level_rank > $rank" if above else "level_rank = $rank"
    found = connection.execute(
        f"""
        with levels as (select *, min(valid_from) over () as first_from from intermediate.member_levels)
        select level, name_en, name_zh, growth_from, coefficient from levels
        where {compared} and greatest($day, first_from) >= valid_from
            and (valid_to is null or greatest($day, first_from) < valid_to)
        order by level_rank limit 1
        """,
        {"rank": rank, "day": day},
    )
    row = found.fetchone()
    return dict(zip(("level", "name_en", "name_zh", "growth_from", "coefficient"), row, strict=True)) if row else None


def _spend(connection, growth: Decimal, coefficient: Decimal, day: date) -> Decimal | None:
    """Money that earns the growth by the purchase rules that are for everything, rounded up to the cent."""
    (per_unit,) = connection.execute(
        """
        select sum(growth_per_unit * case when uses_coefficient then $coefficient::decimal(9, 4) else 1 end)
        from intermediate.growth_rules
        where event_type = 'purchase' and unit = 'currency' and channels is null and categories is null
            and valid_from <= $day and (valid_to is null or $day < valid_to)
        """,
        {"coefficient": coefficient, "day": day},
    ).fetchone()
    return (growth / per_unit).quantize(CENT, ROUND_CEILING) if per_unit else None
