"""What is compared between two builds of one copy: remembered after each, then set side by side in figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import duckdb

COMPARED = ("member_tiers", "growth_ledger", "customer_value_tiers", "tier_benefits")

# Of each build, in schema simulation, as today_… and proposed_…. A rank orders levels (tiers) from low to high.
REMEMBERED = {
    "levels": """
        select level as name, level_rank as position, name_en as shown from intermediate.member_levels
        where valid_from <= $day and (valid_to is null or $day < valid_to)
    """,
    "members": """
        select customer_id, level as name, growth_value, expires_on from marts.member_tiers where level is not null
    """,
    "growth": """
        select
            rule_id,
            sum(growth_value) filter (where reverses_entry_id is null and counts_from > $day - 365) as issued
        from marts.growth_ledger where counts_from <= $day group by rule_id
    """,
    "tiers": """
        select value_tier as name, any_value(tier_rank) as position, any_value(name_en) as shown
        from intermediate.value_tier_thresholds
        where valid_from <= $day and (valid_to is null or $day < valid_to) group by value_tier
    """,
    "customers": "select customer_id, value_tier as name, net_sales from marts.customer_value_tiers",
    "benefits": """
        select
            level, benefit, is_entitled, entitled_member_count, use_count * 365.0 / measured_days as uses_a_year,
            member_count * units * unit_cost as cost_of_one_use_each,
            allowed_uses * case period when 'month' then 12 when 'quarter' then 4 else 1 end as allowed_a_year
        from marts.tier_benefits
    """,
}

# A year's cost with the members there are now. `used`: as often as members of the level (else: of any) used it so far
# by today's rules.
COST = """
    with rates as (
        select level, benefit, uses_a_year / nullif(entitled_member_count, 0) as rate from simulation.today_benefits
    ),

    anywhere as (
        select benefit, sum(uses_a_year) / nullif(sum(entitled_member_count), 0) as rate
        from simulation.today_benefits group by benefit
    )

    select
        cast(sum(cost_of_one_use_each * allowed_a_year) as decimal(18, 2)) as allowed,
        cast(sum(cost_of_one_use_each * coalesce(rates.rate, anywhere.rate, 0)) as decimal(18, 2)) as used,
        coalesce(bool_or(allowed_a_year is null), false) as has_unlimited
    from simulation.{0}_benefits as benefits
    left join rates using (level, benefit)
    left join anywhere using (benefit)
    where is_entitled
"""

# The rungs of both builds as one ladder. One that is dropped stands just above those that it stood above.
LADDER = """
    with rungs as (
        select
            name, coalesce(proposed.shown, today.shown) as shown, today.position as was, proposed.position as is_now
        from simulation.today_{0} as today full join simulation.proposed_{0} as proposed using (name)
    )

    select
        name, shown,
        coalesce(is_now, (
            select coalesce(max(below.is_now), 0) + 0.5 from rungs as below where below.was < rungs.was
        )) as position
    from rungs
"""

MOVES = """
    select
        customer_id, today.name as before, proposed.name as after, {1},
        sign(coalesce(after.position, 0) - coalesce(before.position, 0)) as direction
    from simulation.today_{0} as today
    full join simulation.proposed_{0} as proposed using (customer_id)
    left join simulation.{2} as before on today.name = before.name
    left join simulation.{2} as after on proposed.name = after.name
"""


@dataclass(frozen=True)
class Rung:
    """A level or tier: how many are on it by today's rules and by the proposed ones."""

    name: str
    before: int
    after: int


@dataclass(frozen=True)
class Move:
    """How many go from one level (tier) to another; direction 1 is up, -1 is down."""

    direction: int
    before: str
    after: str
    count: int


@dataclass(frozen=True)
class Pair:
    """One figure, by today's rules and by the proposed ones; None where it is not known."""

    name: str
    before: Decimal | int | None
    after: Decimal | int | None


@dataclass(frozen=True)
class Person:
    """A customer whose level or value tier changes, with what decides about it: growth value, or net sales."""

    of: str  # level or value tier
    customer_id: str
    before: str
    after: str
    amount_before: Decimal | None
    amount_after: Decimal | None


@dataclass(frozen=True)
class Comparison:
    """All figures, levels and tiers from the highest down, moves from the largest down."""

    levels: list[Rung]
    level_moves: list[Move]
    growth: list[Pair]
    growth_value: Pair
    members_valued_otherwise: int  # level as before, growth value not
    longer: int  # level as before, and it ends later than by today's rules
    shorter: int
    benefits: list[Pair]  # a year's cost: of all that is allowed, then at today's rate of use
    has_unlimited: bool  # a benefit may be used without limit, so that the first of them does not hold it
    tiers: list[Rung]
    tier_moves: list[Move]
    people: list[Person]


def remember(connection: duckdb.DuckDBPyConnection, whose: str, day: date) -> None:
    """Keep what the marts say now as `whose` (today, proposed), as of `day`."""
    connection.execute("create schema if not exists simulation")
    for name, query in REMEMBERED.items():
        dated = query.replace("$day", f"date '{day}'")
        connection.execute(f"create or replace table simulation.{whose}_{name} as {dated}")


def compare(connection: duckdb.DuckDBPyConnection) -> Comparison:
    """Both remembered builds, side by side."""
    for of, ladder, amount in (("members", "levels", "growth_value"), ("customers", "tiers", "net_sales")):
        both = f"today.{amount} as amount_before, proposed.{amount} as amount_after"
        if of == "members":
            both += ", today.expires_on as ends_before, proposed.expires_on as ends_after"
        connection.execute(f"create table simulation.{ladder} as {LADDER.format(ladder)}")
        connection.execute(f"create table simulation.{of} as {MOVES.format(of, both, ladder)}")
    otherwise, longer, shorter, growth_before, growth_after = connection.execute(
        """
        select
            count(*) filter (where amount_before <> amount_after),
            count(*) filter (where coalesce(ends_after, date '9999-12-31') > coalesce(ends_before, date '9999-12-31')),
            count(*) filter (where coalesce(ends_after, date '9999-12-31') < coalesce(ends_before, date '9999-12-31')),
            (select sum(amount_before) from simulation.members), (select sum(amount_after) from simulation.members)
        from simulation.members where before = after
        """
    ).fetchone()
    benefits, has_unlimited = _benefits(connection)
    return Comparison(
        levels=_rungs(connection, "members", "levels"),
        level_moves=_moves(connection, "members", "levels"),
        growth=_growth(connection),
        growth_value=Pair("growth value of all members", growth_before, growth_after),
        members_valued_otherwise=otherwise,
        longer=longer,
        shorter=shorter,
        benefits=benefits,
        has_unlimited=has_unlimited,
        tiers=_rungs(connection, "customers", "tiers"),
        tier_moves=_moves(connection, "customers", "tiers"),
        people=_people(connection, "level", "members") + _people(connection, "value tier", "customers"),
    )


def _rungs(connection: duckdb.DuckDBPyConnection, of: str, ladder: str) -> list[Rung]:
    rows = connection.execute(
        f"""
        select shown, (select count(*) from simulation.{of} where before = name),
            (select count(*) from simulation.{of} where after = name)
        from simulation.{ladder} order by position desc
        """
    ).fetchall()
    return [Rung(*row) for row in rows]


def _moves(connection: duckdb.DuckDBPyConnection, of: str, ladder: str) -> list[Move]:
    rows = connection.execute(
        f"""
        select direction, low.shown, high.shown, count(*) from simulation.{of}
        left join simulation.{ladder} as low on before = low.name
        left join simulation.{ladder} as high on after = high.name
        where before is distinct from after
        group by all order by direction desc, count(*) desc, low.shown, high.shown
        """
    ).fetchall()
    return [Move(int(direction), before or "none", after or "none", count) for direction, before, after, count in rows]


def _growth(connection: duckdb.DuckDBPyConnection) -> list[Pair]:
    """What each rule issued in the year to the day, in all: the first row; then the rules whose figure changes."""
    rows = connection.execute(
        """
        select rule_id, coalesce(today.issued, 0), coalesce(proposed.issued, 0)
        from simulation.today_growth as today full join simulation.proposed_growth as proposed using (rule_id)
        order by rule_id
        """
    ).fetchall()
    total = Pair("", sum(row[1] for row in rows), sum(row[2] for row in rows))
    return [total, *(Pair(*row) for row in rows if row[1] != row[2])]


def _benefits(connection: duckdb.DuckDBPyConnection) -> tuple[list[Pair], bool]:
    before, after = (connection.execute(COST.format(whose)).fetchone() for whose in ("today", "proposed"))
    allowed = Pair("if all that is allowed is used", before[0], after[0])
    return [allowed, Pair("if used as often as until now", before[1], after[1])], before[2] or after[2]


def _people(connection: duckdb.DuckDBPyConnection, what: str, of: str) -> list[Person]:
    rows = connection.execute(
        f"""
        select customer_id, coalesce(before, 'none'), coalesce(after, 'none'), amount_before, amount_after
        from simulation.{of} where before is distinct from after
        order by direction, abs(amount_after - amount_before) desc nulls last, customer_id
        """
    ).fetchall()
    return [Person(what, *row) for row in rows]
