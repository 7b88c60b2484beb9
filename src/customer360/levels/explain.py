"""One member's level and why, as of any day, from the ledger: what `customer360 explain` prints.

By hand: `customer360 explain CUSTOMER [--as-of DATE] [--known-on DATE] [--language en|zh] [--limit N]`.

Reads the marts and their restatements; shows ids, rules and amounts, and nothing that people typed.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import duckdb

from customer360.errors import LevelsError
from customer360.identity.lookup import find_customer
from customer360.levels.explanation import (
    FOR_EVER,
    Explanation,
    Grant,
    Level,
    Line,
    Period,
    Restatement,
    TakenBack,
    ValueTier,
)
from customer360.levels.standing import standing

NEEDED = {
    "growth_ledger",
    "growth_ledger_restatements",
    "member_tiers",
    "member_tier_history",
    "member_tier_restatements",
}


def explain(
    connection: duckdb.DuckDBPyConnection, typed: str, *, day: date | None = None, known_on: date | None = None
) -> Explanation:
    """What is known now, or was at the end of `known_on`, of the customer that `typed` names, about `day`.

    Without a day: the as-of day of the last build, or `known_on` where that is earlier. Raises IdentityError when there
    is no such customer, LevelsError when the day has not been built, or when ledger and level contradict each other.
    """
    as_of = _require_built(connection)
    customer_id = find_customer(connection, typed)
    day = day or min(as_of, known_on or as_of)
    if day > as_of:
        raise LevelsError(f"The last build describes {as_of}; nothing is known yet of {day}.")
    known_at = datetime.combine(known_on, time.max) if known_on else None
    joined_on, cancelled_on = _membership(connection, customer_id)
    history = _history(connection, customer_id, day, known_at)
    is_member = bool(history) and history[0].until is None
    found = Explanation(
        customer_id=customer_id,
        day=day,
        known_on=known_on,
        joined_on=joined_on,
        cancelled_on=cancelled_on,
        standing=standing(connection, customer_id, day=day, known_at=known_at) if is_member else None,
        levels=_levels(connection, day),
        lines=_lines(connection, customer_id, day, known_at) if is_member else (),
        history=history,
        restatements=_restatements(connection, customer_id, day, known_at),
        grants=_grants(connection, customer_id, day),
        value_tier=None if is_member else _value_tier(connection, customer_id),
    )
    if found.standing and found.standing.growth_value != found.growth_value:
        raise LevelsError(
            f"The ledger of {customer_id} says {found.growth_value} for {day}, the level rests on "
            f"{found.standing.growth_value}: run `customer360 build`, and report this if it stays."
        )
    return found


def _require_built(connection: duckdb.DuckDBPyConnection) -> date:
    """The as-of day of the last build."""
    rows = connection.execute(
        "select table_name from information_schema.tables where table_schema = 'marts'"
    ).fetchall()
    if missing := NEEDED - {name for (name,) in rows}:
        raise LevelsError(f"There is no marts.{min(missing)} yet. Run `customer360 build` first.")
    (as_of,) = connection.execute("select max(as_of_date) from marts.customer_360").fetchone()
    return as_of


def _membership(connection: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[date | None, date | None]:
    row = connection.execute(
        "select joined_on, cancelled_on from marts.member_tiers where customer_id = ?", [customer_id]
    ).fetchone()
    return row or (None, None)


def _believed(mart: str, columns: str, known_at: datetime | None) -> str:
    """SQL: what a mart says now, or said at `known_at`."""
    if known_at is None:
        return f"(select {columns} from marts.{mart})"
    restatements = f"marts.{mart.removesuffix('_history')}_restatements"
    return f"""(
        select {columns} from marts.{mart} where known_at <= timestamp '{known_at}'
        union all
        select {columns} from {restatements}
        where known_at <= timestamp '{known_at}' and known_until > timestamp '{known_at}'
    )"""


def _history(connection, customer_id: str, day: date, known_at: datetime | None) -> tuple[Period, ...]:
    """The levels up to the day, the newest first; what ended later had not ended on the day."""
    believed = _believed("member_tier_history", "customer_id, level, valid_from, valid_to, change_reason", known_at)
    rows = connection.execute(
        f"""
        select level, valid_from, case when valid_to <= $day then valid_to end, change_reason from {believed}
        where customer_id = $customer_id and valid_from <= $day order by valid_from desc
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    return tuple(Period(*row) for row in rows)


def _lines(connection, customer_id: str, day: date, known_at: datetime | None) -> tuple[Line, ...]:
    """The ledger entries that count on the day, the newest first, each with what was taken back of it by then."""
    columns = """
        customer_id, entry_id, counts_from, expires_on, growth_value, units, growth_per_unit, coefficient, order_id,
        source_record_id, reverses_entry_id, sentence_en, sentence_zh
    """
    rows = connection.execute(
        f"""
        select * exclude (customer_id) from {_believed("growth_ledger", columns, known_at)}
        where customer_id = $customer_id and counts_from <= $day and (expires_on is null or expires_on > $day)
        order by counts_from desc, entry_id
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    taken_back: dict[str, list[TakenBack]] = defaultdict(list)
    for _, on, _, growth, _, _, _, _, record_id, reverses, *_ in rows:
        if reverses:
            taken_back[reverses].insert(0, TakenBack(on, growth, record_id))
    return tuple(
        Line(
            entry_id=entry_id,
            counts_from=counts_from,
            counts_until=expires_on - timedelta(days=1) if expires_on else FOR_EVER,
            growth=growth,
            units=units,
            growth_per_unit=per_unit,
            coefficient=coefficient or Decimal(1),
            order_id=order_id,
            record_id=record_id,
            sentence={"en": en, "zh": zh},
            taken_back=tuple(taken_back[entry_id]),
        )
        for (
            entry_id,
            counts_from,
            expires_on,
            growth,
            units,
            per_unit,
            coefficient,
            order_id,
            record_id,
            reverses,
            en,
            zh,
        ) in rows
        if not reverses
    )


def _restatements(connection, customer_id: str, day: date, known_at: datetime | None) -> tuple[Restatement, ...]:
    """What was once believed about days up to `day` and no longer is, the newest lesson first."""
    learnt = f"known_until <= timestamp '{known_at}'" if known_at else "true"
    periods = connection.execute(
        f"""
        select cast(known_until as date), restated_because, restated_because_zh, restated_by,
            level, valid_from, valid_to, change_reason
        from marts.member_tier_restatements
        where customer_id = $customer_id and valid_from <= $day and {learnt}
        order by known_until desc, valid_from desc
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    entries = connection.execute(
        f"""
        select cast(was.known_until as date), was.restated_because, was.restated_because_zh,
            coalesce(was.order_id, was.source_record_id), was.entry_id, was.counts_from, was.growth_value,
            now.growth_value
        from marts.growth_ledger_restatements as was
        left join {_believed("growth_ledger", "customer_id, entry_id, growth_value", known_at)} as now
            on was.customer_id = now.customer_id and was.entry_id = now.entry_id
        where was.customer_id = $customer_id and was.counts_from <= $day and {learnt}
        order by was.known_until desc, was.counts_from desc, was.entry_id
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    found = [
        Restatement(learnt_on, {"en": en, "zh": zh}, record_id, period=Period(*period))
        for learnt_on, en, zh, record_id, *period in periods
    ]
    found += [
        Restatement(
            learnt_on,
            {"en": en, "zh": zh},
            record_id,
            entry_id=entry_id,
            counts_from=counts_from,
            growth=growth,
            growth_now=now,
        )
        for learnt_on, en, zh, record_id, entry_id, counts_from, growth, now in entries
    ]
    return tuple(sorted(found, key=lambda each: each.learnt_on, reverse=True))


def _grants(connection, customer_id: str, day: date) -> tuple[Grant, ...]:
    rows = connection.execute(
        """
        select level, valid_from, valid_to from intermediate.int_level_grants_identified
        where customer_id = $customer_id and valid_from <= $day order by valid_from desc
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    return tuple(Grant(*row) for row in rows)


def _levels(connection, day: date) -> dict[str, Level]:
    """The levels in force on the day, by code; levels of other days, which a history may name, as they were last."""
    rows = connection.execute(
        """
        select level, name_en, name_zh, level_rank, growth_from,
            level_rank = min(level_rank) over (partition by valid_from <= $day and coalesce(valid_to > $day, true))
        from intermediate.member_levels
        order by valid_from <= $day and coalesce(valid_to > $day, true), valid_from
        """,
        {"day": day},
    ).fetchall()
    return {level: Level({"en": en, "zh": zh}, *rest) for level, en, zh, *rest in rows}


def _value_tier(connection, customer_id: str) -> ValueTier | None:
    row = connection.execute(
        """
        select any_value(names.name_en), any_value(names.name_zh), any_value(tiers.net_sales),
            any_value(tiers.period_days), any_value(tiers.as_of_date), any_value(tiers.upgrade_reason),
            any_value(tiers.upgrade_reason_zh)
        from marts.customer_value_tiers as tiers
        left join intermediate.value_tier_thresholds as names
            on tiers.value_tier = names.value_tier and names.valid_from <= tiers.as_of_date
            and coalesce(names.valid_to > tiers.as_of_date, true)
        where tiers.customer_id = $customer_id
        group by tiers.customer_id
        """,
        {"customer_id": customer_id},
    ).fetchone()
    if row is None:
        return None
    name_en, name_zh, net_sales, period_days, as_of, why_en, why_zh = row
    return ValueTier({"en": name_en, "zh": name_zh}, net_sales, period_days, as_of, {"en": why_en, "zh": why_zh})
