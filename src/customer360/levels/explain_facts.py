"""What the marts say of one member's level, as of a day and as believed now or at an earlier time."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal

import duckdb

from customer360.levels.explanation import FOR_EVER, Grant, Level, Line, Period, Restatement, TakenBack, ValueTier


def membership(connection: duckdb.DuckDBPyConnection, customer_id: str) -> tuple[date | None, date | None]:
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


def history(
    connection: duckdb.DuckDBPyConnection, customer_id: str, day: date, known_at: datetime | None
) -> tuple[Period, ...]:
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


def lines(
    connection: duckdb.DuckDBPyConnection, customer_id: str, day: date, known_at: datetime | None
) -> tuple[Line, ...]:
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


def restatements(
    connection: duckdb.DuckDBPyConnection,
    customer_id: str,
    day: date,
    known_at: datetime | None,
    now: tuple[Period, ...],
) -> tuple[Restatement, ...]:
    """What was once believed about days up to `day` and no longer is, the newest lesson first.

    Not told are a line that counts as much as before, from the same day (it stands beside another level now), and a
    period that, up to `day`, is still so: one of `now`.
    """
    learnt = f"known_until <= timestamp '{known_at}'" if known_at else "true"
    periods = connection.execute(
        f"""
        select cast(known_until as date), restated_because, restated_because_zh, restated_by,
            level, valid_from, case when valid_to <= $day then valid_to end, change_reason
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
            now.counts_from, now.growth_value
        from marts.growth_ledger_restatements as was
        left join {_believed("growth_ledger", "customer_id, entry_id, counts_from, growth_value", known_at)} as now
            on was.customer_id = now.customer_id and was.entry_id = now.entry_id
        where was.customer_id = $customer_id and was.counts_from <= $day and {learnt}
            and (was.growth_value, was.counts_from) is distinct from (now.growth_value, now.counts_from)
        order by was.known_until desc, was.counts_from desc, was.entry_id
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    found = [
        Restatement(learnt_on, {"en": en, "zh": zh}, record_id, period=Period(*period))
        for learnt_on, en, zh, record_id, *period in periods
        if Period(*period) not in now
    ]
    found += [
        Restatement(
            learnt_on,
            {"en": en, "zh": zh},
            record_id,
            entry_id=entry_id,
            counts_from=counts_from,
            growth=growth,
            counts_from_now=day_now,
            growth_now=growth_now,
        )
        for learnt_on, en, zh, record_id, entry_id, counts_from, growth, day_now, growth_now in entries
    ]
    return tuple(sorted(found, key=lambda each: each.learnt_on, reverse=True))


def grants(connection: duckdb.DuckDBPyConnection, customer_id: str, day: date) -> tuple[Grant, ...]:
    rows = connection.execute(
        """
        select level, valid_from, valid_to from intermediate.int_level_grants_identified
        where customer_id = $customer_id and valid_from <= $day order by valid_from desc
        """,
        {"customer_id": customer_id, "day": day},
    ).fetchall()
    return tuple(Grant(*row) for row in rows)


def levels(connection: duckdb.DuckDBPyConnection, day: date) -> dict[str, Level]:
    """The levels in force on the day, by code; levels of other days, which a history may name, as they were last."""
    rows = connection.execute(
        """
        select level, name_en, name_zh, growth_from,
            level_rank = min(level_rank) over (partition by valid_from <= $day and coalesce(valid_to > $day, true))
        from intermediate.member_levels
        order by valid_from <= $day and coalesce(valid_to > $day, true), valid_from
        """,
        {"day": day},
    ).fetchall()
    return {level: Level({"en": en, "zh": zh}, *rest) for level, en, zh, *rest in rows}


def value_tier(connection: duckdb.DuckDBPyConnection, customer_id: str) -> ValueTier | None:
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
