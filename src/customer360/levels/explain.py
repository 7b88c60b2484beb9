"""One member's level and why, as of any day, from the ledger: what `customer360 explain` prints.

By hand: `customer360 explain CUSTOMER [--as-of DATE] [--known-on DATE] [--language en|zh] [--limit N]`.

Reads the marts and their restatements; shows ids, rules and amounts, and nothing that people typed.
"""

from __future__ import annotations

from datetime import date, datetime

import duckdb

from customer360.errors import LevelsError
from customer360.identity.lookup import find_customer
from customer360.levels import explain_facts as facts
from customer360.levels.explanation import Explanation
from customer360.levels.standing import standing

NEEDED = {
    "growth_ledger",
    "growth_ledger_restatements",
    "member_tiers",
    "member_tier_history",
    "member_tier_restatements",
}


def explain(
    connection: duckdb.DuckDBPyConnection, typed: str, *, day: date | None = None, known_at: datetime | None = None
) -> Explanation:
    """What is known now, or was at `known_at` (naive UTC), about `day`, of the customer that `typed` names.

    Without a day: the as-of day of the last build, or that of `known_at` where it is earlier. Raises IdentityError when
    there is no such customer, LevelsError when the day is not built, or when ledger and level contradict each other.
    """
    as_of = _require_built(connection)
    customer_id = find_customer(connection, typed)
    day = day or min(as_of, known_at.date() if known_at else as_of)
    if day > as_of:
        raise LevelsError(f"The last build describes {as_of}; nothing is known yet of {day}.")
    joined_on, cancelled_on = facts.membership(connection, customer_id)
    history = facts.history(connection, customer_id, day, known_at)
    is_member = bool(history) and history[0].until is None
    found = Explanation(
        customer_id=customer_id,
        day=day,
        known_at=known_at,
        joined_on=joined_on,
        cancelled_on=cancelled_on,
        standing=standing(connection, customer_id, day=day, known_at=known_at) if is_member else None,
        levels=facts.levels(connection, day),
        lines=facts.lines(connection, customer_id, day, known_at) if is_member else (),
        history=history,
        restatements=facts.restatements(connection, customer_id, day, known_at, history),
        grants=facts.grants(connection, customer_id, day),
        value_tier=None if is_member else facts.value_tier(connection, customer_id),
    )
    _require_agreement(found)
    return found


def _require_agreement(found: Explanation) -> None:
    """Nobody is told a level that the ledger and the history beside it do not bear out."""
    stands = found.standing
    if stands is None:
        return
    told = (found.growth_value, found.history[0].level, found.history[0].since)
    if told != (stands.growth_value, stands.level, stands.since):
        raise LevelsError(
            f"On {found.day}, ledger and history of {found.customer_id} say {told[0]}, {told[1]} since {told[2]}; "
            f"by the rules it is {stands.growth_value}, {stands.level} since {stands.since}. Run `customer360 build`."
        )


def _require_built(connection: duckdb.DuckDBPyConnection) -> date:
    """The as-of day of the last build."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'marts'"
    ).fetchall()
    if missing := NEEDED - {name for (name,) in rows}:
        raise LevelsError(f"There is no marts.{min(missing)} yet. Run `customer360 build` first.")
    (as_of,) = connection.execute("select max(as_of_date) from marts.customer_360").fetchone()
    return as_of
