"""Quarantine holds records as they came, in whatever shape: what names an erased person is removed, or redacted."""

from __future__ import annotations

import json

import duckdb

from customer360.erasure import words
from customer360.erasure.places import PLACES, Place
from customer360.erasure.redaction import recogniser
from customer360.sources.casting import constant
from customer360.sources.contract import Table


def forget_quarantined(connection: duckdb.DuckDBPyConnection, table: Table, load_id: str | None = None) -> int:
    """Remove records of erased people from ops.quarantine, and take them out of the words of others; rows changed.

    Quarantined records of the books are removed too: mended at the source they come again, and are redacted on the way.
    """
    of_load = f"and load_id = {constant(load_id)}" if load_id else ""
    rows = connection.execute(
        f"select rowid, source_record_id, record from ops.quarantine "
        f"where source_system = {constant(table.source)} and source_table = {constant(table.name)} {of_load}"
    ).fetchall()
    known = recogniser(connection)
    place = PLACES.get(table.raw_name)
    removed, changed = [], []
    for row, record_id, record in rows:
        if _is_theirs(place, table, record_id, record, known):
            removed.append(row)
        elif (clean := known.redacted_document(record)) != record:
            changed.append((row, clean))
    if removed:
        _remember(connection, table, removed)
        connection.execute(f"delete from ops.quarantine where rowid in ({', '.join(map(str, removed))})")
    for row, clean in changed:
        connection.execute("update ops.quarantine set record = ? where rowid = ?", [clean, row])
    return len(removed) + len(changed)


def _remember(connection: duckdb.DuckDBPyConnection, table: Table, rows: list[int]) -> None:
    """The source still counts these records: completeness must know why they are in no table."""
    connection.execute(
        f"""
        insert into ops.erased_records
        select distinct '{table.raw_name}', erased_fingerprint('{table.raw_name}', trim(source_record_id)), false
        from ops.quarantine
        where rowid in ({", ".join(map(str, rows))}) and source_record_id is not null
        except select * from ops.erased_records
        """
    )


def _is_theirs(place: Place | None, table: Table, record_id: str | None, record: str, known: words.Recogniser) -> bool:
    if place is None:
        return False
    try:
        said = json.loads(record)
    except ValueError:
        said = None
    if not isinstance(said, dict):  # a line that could not be read: no more is known of it than what stands in it
        return known.redacted(record) != record
    said = {key.lower(): value for key, value in said.items()}
    links = place.belongs | ({table.key: table.raw_name})
    if record_id and known.knows(table.raw_name, record_id.strip()):
        return True
    if any(said.get(column) is not None and known.knows(kind, str(said[column])) for column, kind in links.items()):
        return True
    account = place.account
    if account is None:
        return False
    identifiers = [(account.email, "email", words.email), (account.card, "card", words.card)]
    return any(
        isinstance(said.get(column), str) and known.knows(kind, form(said[column]))
        for column, kind, form in identifiers
    ) or any(
        isinstance(said.get(column), str) and known.knows(kind, form(said[column]))
        for column, kind, form in ((account.phone, "phone", words.phone), (account.name, "name", words.name))
        if place.table != "shop_orders"
    )
