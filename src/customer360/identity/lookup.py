"""What a person typed, found: a source record or a customer, as the last build knows them.

A record is named by its key, `shop.customers:C0042`, by its parts in other dress, `shop customers C0042`, or by what
is its own alone: the source's id, or the id of a customer that is one record. Customer ids of earlier days are followed
to where they lead now.
"""

from __future__ import annotations

import re
from datetime import datetime

import duckdb

from customer360.errors import IdentityError
from customer360.sources.casting import literal

PARTS = re.compile(r"\s*(\w+)[\s./:]+(\w+)[\s./:]+(\S.*?)\s*")
SHOWN = 10


def require_built(connection: duckdb.DuckDBPyConnection, *tables: str) -> None:
    """Raise IdentityError unless the last build made these tables of schema identity."""
    rows = connection.execute("select table_name from information_schema.tables where table_schema = 'identity'")
    if missing := {"record_assignments", *tables} - {name for (name,) in rows.fetchall()}:
        raise IdentityError(
            f"There is no identity.{min(missing)} yet: nothing was built. Run `customer360 build` first."
        )


def as_record_key(typed: str) -> str:
    """`shop customers C0042`, `shop/customers/C0042` and the like as a record key; anything else as it is."""
    parts = PARTS.fullmatch(typed)
    return f"{parts[1]}.{parts[2]}:{parts[3]}" if parts else typed.strip()


def find_record(connection: duckdb.DuckDBPyConnection, typed: str) -> str:
    """The key of the one record that `typed` names.

    Raises IdentityError when there is none, when it is a customer or id of several (they are listed), or when the
    record is no longer in its source.
    """
    keys = _keys(connection, f"record_key in ({literal(typed.strip())}, {literal(as_record_key(typed))})")
    keys = keys or _keys(connection, f"source_record_id = {literal(typed.strip())}")
    if not keys:
        customer_id = _current_id(connection, typed.strip())
        keys = _keys(connection, f"customer_id = {literal(customer_id)}") if customer_id else []
    if len(keys) == 1:
        return keys[0]
    if keys:
        more = f"\n  … and {len(keys) - SHOWN} more" if len(keys) > SHOWN else ""
        listed = "".join(f"\n  {key}" for key in keys[:SHOWN])
        raise IdentityError(f"{typed!r} stands for {len(keys)} records; name the one you mean:{listed}{more}")
    raise IdentityError(_unknown(connection, typed))


def find_customer(connection: duckdb.DuckDBPyConnection, typed: str, *, at: datetime | None = None) -> str:
    """The id of the customer that `typed` (a customer id, old or new, or one of its records) names now, or at `at`.

    At an earlier time, an id that was in use then is its own answer. Raises IdentityError when there is none.
    """
    believed = believed_at(at)
    rows = connection.execute(
        f"select 1 from identity.record_assignments where {believed} and customer_id = {literal(typed.strip())} limit 1"
    ).fetchall()
    if rows:
        return typed.strip()
    if _ever(connection, "customer_id", typed.strip()):
        if at is not None:
            raise IdentityError(f"The id {typed.strip()} was not in use at {at:%Y-%m-%d %H:%M} (UTC).")
        if current := _current_id(connection, typed.strip()):
            return current
        raise IdentityError(f"The customer {typed.strip()} has no records any more, so it is nobody now.")
    key = literal(as_record_key(typed))
    query = f"select customer_id from identity.record_assignments where {believed}"
    rows = connection.execute(f"{query} and record_key in ({literal(typed.strip())}, {key})").fetchall()
    if not rows:
        rows = connection.execute(f"{query} and record_key = {literal(find_record(connection, typed))}").fetchall()
    if not rows:
        raise IdentityError(f"The record {as_record_key(typed)} was not known at {at:%Y-%m-%d %H:%M} (UTC).")
    return rows[0][0]


def believed_at(at: datetime | None, *, since: str = "valid_from", until: str = "valid_to") -> str:
    """The condition, on identity.record_assignments or two other columns, for what is believed now, or was at `at`
    (naive UTC)."""
    if at is None:
        return f"{until} is null"
    return f"({since} <= timestamp '{at}' and ({until} is null or {until} > timestamp '{at}'))"


def _keys(connection: duckdb.DuckDBPyConnection, condition: str) -> list[str]:
    rows = connection.execute(
        f"select record_key from identity.record_assignments where valid_to is null and {condition} order by record_key"
    )
    return [key for (key,) in rows.fetchall()]


def _current_id(connection: duckdb.DuckDBPyConnection, customer_id: str) -> str | None:
    require_built(connection, "customer_id_history")
    row = connection.execute(
        f"select current_customer_id from identity.customer_id_history where customer_id = {literal(customer_id)}"
    ).fetchone()
    return row[0] if row else None


def _ever(connection: duckdb.DuckDBPyConnection, column: str, value: str) -> datetime | None:
    """Until when the value was last in use, if it ever was."""
    (last,) = connection.execute(
        f"select max(coalesce(valid_to, valid_from)) from identity.record_assignments where {column} = {literal(value)}"
    ).fetchone()
    return last


def _unknown(connection: duckdb.DuckDBPyConnection, typed: str) -> str:
    key = as_record_key(typed)
    if last := _ever(connection, "record_key", key):
        return f"The record {key} is no longer in its source: it was last seen in the load of {last:%Y-%m-%d %H:%M}."
    hint = " An order is a record only where it names no account of the shop." if key.startswith("shop.orders:") else ""
    return f"No record or customer {typed.strip()!r} is known. A record is named like shop.customers:C0042.{hint}"
