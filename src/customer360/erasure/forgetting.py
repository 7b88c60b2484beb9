"""Apply the tombstones: take erased people out of tables of raw, of a delivery on its way into raw, of quarantine.

    prepare(settings, connection)          once per connection, before anything else
    withhold(connection, table, load_id)   a delivery (temp table `incoming`) and what of it was quarantined
    reapply(settings, connection)          a whole warehouse, e.g. one restored from an older backup

The same functions do it whenever it is done, so what comes again from a source is, to the letter, what an erasure left.
A row is an erased person's if it belongs to a record with a tombstone, or if it is an account or guest order that began
before the erasure and has the person's e-mail, card, or phone and name. What begins later under a new record id is
somebody who came of their own free will, and a customer like any other.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.erasure import tombstones
from customer360.erasure.places import NAMED_BY_OTHERS, PLACES, Place, dependents
from customer360.erasure.quarantined import forget_quarantined
from customer360.erasure.redaction import redact_recipients, redact_rows, redact_texts, rename_links
from customer360.erasure.words import FORMS
from customer360.sources.casting import literal
from customer360.sources.contract import TABLES, Table

DELIVERY = "incoming"


@dataclass(frozen=True)
class Forgotten:
    """What was taken out of one relation: rows removed, kept without the person, or whosever that named the person."""

    removed: int = 0
    redacted: int = 0
    named: int = 0

    def __bool__(self) -> bool:
        return bool(self.removed or self.redacted or self.named)


def prepare(settings: Settings, connection: duckdb.DuckDBPyConnection) -> bool:
    """Make the connection able to recognise erased people; False when nobody was ever erased."""
    tombstones.take_from_file(settings, connection)
    if not connection.execute("select 1 from ops.erasures limit 1").fetchone():
        return False
    key = tombstones.key_of(settings)
    tombstones.create_functions(connection, key)
    connection.execute(f"set variable erasure_key = unhex('{key.hex()}')")
    file = str(tombstones.tombstone_file(settings))
    connection.execute(f"set variable erasure_file = {literal(file)}")
    connection.execute(
        """
        create or replace temp table tombstones as
        select kind, fingerprint, max(erased_at) as erased_at, max_by(pseudonym, erased_at) as pseudonym,
            max_by(erasure_id, erased_at) as erasure_id
        from ops.erasures group by all
        """
    )
    return True


def withhold(connection: duckdb.DuckDBPyConnection, table: Table, load_id: str | None = None) -> int:
    """Take erased people out of the temp table `incoming`; how many rows are removed from it.

    Rows that are kept without the person stay in `incoming`. With `load_id`, what that load put into quarantine too.
    """
    if not _is_prepared(connection):
        return 0
    if load_id:
        forget_quarantined(connection, table, load_id)
    place = PLACES.get(table.raw_name)
    return forget(connection, place, DELIVERY).removed if place else 0


def reapply(settings: Settings, connection: duckdb.DuckDBPyConnection) -> dict[str, Forgotten]:
    """Make a warehouse forget everybody who has a tombstone; {place: what was forgotten there}.

    For a restored backup: afterwards a build makes the rest anew.
    """
    if not prepare(settings, connection):
        return {}
    from customer360.erasure.memory import forget_memory

    connection.execute("begin")
    found = forget_raw(connection)
    found |= {place: Forgotten(removed=count) for place, count in forget_memory(connection).items()}
    connection.execute("commit")
    return found


def forget_raw(connection: duckdb.DuckDBPyConnection) -> dict[str, Forgotten]:
    """Apply the tombstones to every table of raw and to quarantine, in the caller's transaction."""
    found = {}
    for place in sorted(PLACES.values(), key=lambda place: place.table not in NAMED_BY_OTHERS):
        found[place.table] = forget(connection, place, f"raw.{place.table}")
    for table in TABLES.values():
        if removed := forget_quarantined(connection, table):
            found[f"quarantine of {table.raw_name}"] = Forgotten(removed=removed)
    return {name: forgotten for name, forgotten in found.items() if forgotten}


def forget(connection: duckdb.DuckDBPyConnection, place: Place, relation: str) -> Forgotten:
    """Apply the tombstones to one relation with the columns of that table."""
    columns = [row[0] for row in connection.execute(f"describe {relation}").fetchall()]
    _find_rows(connection, place, relation, columns)
    key = TABLES[place.table].key
    (hits,) = connection.execute("select count(*) from erased_rows").fetchone()
    if hits:
        _remember_records(connection, place, relation, key)
    removed = redacted = 0
    if hits and not place.is_kept:
        removed = hits
        connection.execute(f"delete from {relation} where rowid in (select row from erased_rows)")
    elif hits:
        redacted = hits
        redact_rows(connection, place, relation, columns)
    if hits and place.table in NAMED_BY_OTHERS and _remember_keys(connection, place.table):
        for other in dependents(place.table):  # what came before its owner was recognised
            forget(connection, other, f"raw.{other.table}")
        _find_rows(connection, place, relation, columns)
    named = sum(
        clean(connection, place, relation, columns) for clean in (rename_links, redact_recipients, redact_texts)
    )
    return Forgotten(removed, redacted, named)


def never_erased(connection: duckdb.DuckDBPyConnection, table: Table, record_id: str) -> str:
    """SQL: a record id (an expression) of the table is not one that an erasure removed or redacted."""
    if not _is_prepared(connection):
        return "true"
    known = f"select fingerprint from ops.erased_records where raw_table = {literal(table.raw_name)}"
    return f"coalesce(erased_fingerprint({literal(table.raw_name)}, {record_id}) not in ({known}), true)"


def _is_prepared(connection: duckdb.DuckDBPyConnection) -> bool:
    if connection.execute("select 1 from duckdb_tables() where table_name = 'tombstones' and temporary").fetchone():
        return True
    if connection.execute("select 1 from ops.erasures limit 1").fetchone():
        raise RuntimeError("erasure.prepare was not called on this connection: erased people would come back")
    return False


def _find_rows(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> None:
    """The temp table `erased_rows`: row, pseudonym, erasure_id, erased_at of the rows that are an erased person's."""
    finds = [
        f"""
        select {relation}.rowid as row, pseudonym, erasure_id, erased_at from {relation}
        inner join (
            select said, pseudonym, erasure_id, erased_at
            from (select distinct {column} as said from {relation} where {column} is not null)
            inner join tombstones on kind = '{kind}' and fingerprint = erased_fingerprint('{kind}', said)
        ) as erased on {relation}.{column} = erased.said
        """
        for column, kind in place.belongs.items()
        if column in columns
    ]
    if place.account:
        finds += _finds_by_identifier(place, relation, columns)
    connection.execute(
        f"""
        create or replace temp table erased_rows as
        select row, max_by(pseudonym, erased_at) as pseudonym, max_by(erasure_id, erased_at) as erasure_id,
            max(erased_at) as erased_at
        from ({" union all ".join(finds)}) group by row
        """
    )


def _finds_by_identifier(place: Place, relation: str, columns: list[str]) -> list[str]:
    account = place.account
    since = ", ".join(column for column in account.since if column in columns)
    forms = {
        kind: FORMS[kind].format(column)
        for kind, column in (
            ("email", account.email), ("phone", account.phone), ("card", account.card), ("name", account.name)
        )
        if column in columns
    }  # fmt: skip
    said = {kind: forms[kind] for kind in ("email", "card") if kind in forms}
    if "name" in forms:
        said |= {
            f"{kind}_and_name": f"{forms[kind]} || ' ' || {forms['name']}"
            for kind in ("email", "phone")
            if kind in forms
        }
    only = f"where {account.guest_of} is null" if account.guest_of in columns else ""
    only += f"{' and' if only else 'where'} not coalesce(is_gift, false)" if "is_gift" in columns else ""
    return [
        f"""
        select row, pseudonym, erasure_id, erased_at
        from (select rowid as row, {expression} as said, cast(coalesce({since}) as timestamp) as began_at
            from {relation} {only}) as accounts
        inner join tombstones on kind = '{kind}' and fingerprint = erased_fingerprint('{kind}', said)
        where said is not null and (began_at is null or began_at < erased_at)
        """
        for kind, expression in said.items()
        if since
    ]


def _remember_records(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, key: str) -> None:
    """Which records were removed or redacted, by fingerprint: completeness and reconciliation leave them out."""
    connection.execute(
        f"""
        insert into ops.erased_records
        select distinct '{place.table}', erased_fingerprint('{place.table}', {key}), {place.is_kept}
        from {relation} as found inner join erased_rows on found.rowid = row
        except select * from ops.erased_records
        """
    )
    connection.execute(
        f"""
        create or replace temp table erased_keys as
        select '{place.table}' as kind, erased_fingerprint('{place.table}', {key}) as fingerprint,
            max_by(pseudonym, erased_at) as pseudonym, max_by(erasure_id, erased_at) as erasure_id,
            max(erased_at) as erased_at
        from {relation} as found inner join erased_rows on found.rowid = row group by {key}
        """
    )


def _remember_keys(connection: duckdb.DuckDBPyConnection, table: str) -> bool:
    """Tombstones of records that were recognised by something else: an old account that comes late, a new ticket."""
    rows = connection.execute(
        "select erasure_id, erased_at, kind, fingerprint, pseudonym from erased_keys "
        "anti join tombstones using (kind, fingerprint)"
    ).fetchall()
    if not rows:
        return False
    (file,) = connection.execute("select getvariable('erasure_file')").fetchone()
    found = [tombstones.Tombstone(*row) for row in rows]
    tombstones.append(Path(file), found)
    tombstones.insert(connection, found)
    connection.execute(
        "insert into tombstones select kind, fingerprint, erased_at, pseudonym, erasure_id from erased_keys "
        "anti join tombstones using (kind, fingerprint)"
    )
    return True
