"""Rows that are kept without the person: personal columns emptied, links by pseudonym, documents and texts cleaned."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from customer360.erasure.documents import Redactor
from customer360.erasure.places import ORDERS, USERS, Place
from customer360.erasure.tombstones import fingerprint
from customer360.erasure.words import FORMS, Recogniser
from customer360.sources.casting import quoted
from customer360.sources.contract import SYSTEM_COLUMNS, TABLES

# A row whose words or links were changed is another version of itself than the source's: so it is hashed anew, in the
# same way wherever it is met.
STRETCH = 50_000  # rows whose texts are held at a time
INTERNAL = {"_source_row", "_reject", "_flag"}


def redact_rows(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> None:
    """Empty what is personal in the rows of temp table `erased_rows`."""
    known = {column.name for column in TABLES[place.table].columns} | set(SYSTEM_COLUMNS) | INTERNAL
    unknown = [column for column in columns if column not in known and not column.startswith("_")]
    changes = {column: "null" for column in (*place.personal, *unknown) if column in columns}
    for column in place.coded:  # a word that others use too is a code, any other may be the person's own
        if column in columns:
            others = " union all ".join(
                f"select {column} as said from {each} where rowid not in (select row from erased_rows)"
                if each == relation
                else f"select {column} as said from {each}"
                for each in dict.fromkeys((f"raw.{place.table}", relation))
            )
            changes[column] = (
                f"case when {column} in (select said from ({others}) where said is not null) then {column} end"
            )
    for column in place.links:
        # The row is the person's, so a link of it to no tombstone (an order of a guest) is to the person as well.
        if column in columns and column in ("customer_id", "requester_id"):
            changes[column] = "erased_rows.pseudonym"
    if changes:
        settings = ", ".join(f"{quoted(column)} = {value}" for column, value in changes.items())
        connection.execute(f"update {relation} set {settings} from erased_rows where {relation}.rowid = row")
    _redact_documents(connection, place, relation, columns)
    _hash_anew(connection, place, relation, columns, "select row from erased_rows")


def rename_links(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> int:
    """In whosever rows: an erased person's id becomes their pseudonym; how many rows that changed."""
    changed = 0
    for column, kind in place.links.items():
        if column in columns:
            connection.execute(
                f"""
                create or replace temp table linked_rows as
                select {relation}.rowid as row, pseudonym from {relation}
                inner join (
                    select said, pseudonym
                    from (select distinct {column} as said from {relation} where {column} is not null)
                    inner join tombstones on kind = '{kind}' and fingerprint = erased_fingerprint('{kind}', said)
                ) as erased on {relation}.{column} = erased.said
                """
            )
            (count,) = connection.execute("select count(*) from linked_rows").fetchone()
            if count:
                connection.execute(
                    f"update {relation} set {column} = pseudonym from linked_rows where {relation}.rowid = row"
                )
                _hash_anew(connection, place, relation, columns, "select row from linked_rows")
                changed += count
    return changed


def redact_recipients(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> int:
    """Gifts that others sent to erased people: the order is another customer's, the recipient was the person."""
    account = place.account
    if place.table != ORDERS or "is_gift" not in columns:
        return 0
    forms = {
        kind: FORMS[kind].format(column)
        for kind, column in (("email", account.email), ("phone", account.phone), ("name", account.name))
        if column in columns
    }
    said = {kind: forms[kind] for kind in ("email", "phone") if kind in forms}
    if "name" in forms:
        said |= {f"{kind}_and_name": f"{form} || ' ' || {forms['name']}" for kind, form in said.items()}
    finds = [
        f"""
        select row from (select rowid as row, {form} as said, ordered_at from {relation} where is_gift) as gifts
        inner join tombstones on kind = '{kind}' and fingerprint = erased_fingerprint('{kind}', said)
        where said is not null and ordered_at < erased_at
        """
        for kind, form in said.items()
    ]
    if not finds:
        return 0
    connection.execute(
        f"create or replace temp table gift_rows as select distinct row from ({' union all '.join(finds)})"
    )
    (count,) = connection.execute("select count(*) from gift_rows").fetchone()
    if count:
        empty = ", ".join(f"{column} = null" for column in place.personal if column in columns)
        connection.execute(f"update {relation} set {empty} where rowid in (select row from gift_rows)")
        _hash_anew(connection, place, relation, columns, "select row from gift_rows")
    return count


def redact_texts(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> int:
    """What others wrote about erased people before the erasure; how many rows that changed."""
    texts = [column for column in place.texts if column in columns]
    known = recogniser(connection, "where kind in ('email', 'phone', 'card', 'name', 'text')")
    users = _pseudonyms(connection, USERS) if place.table == "helpdesk_ticket_events" else None
    if not texts or not (known.marks or users):
        return 0
    written = "coalesce(created_at, updated_at)" if "created_at" in columns else "updated_at"
    types = {column.name: column.type for column in TABLES[place.table].columns}
    redactor = _redactor(connection, users) if users else None
    changes = []
    for row, written_at, *values in _texts(connection, relation, texts, written):
        known.written_at = written_at
        clean = [
            value and (known.redacted_document if types[column] == "json" else known.redacted)(value)
            for column, value in zip(texts, values, strict=True)
        ]
        if redactor and clean[texts.index("child_events")]:
            clean[texts.index("child_events")] = redactor.people(clean[texts.index("child_events")])
        if clean != values:
            changes.append((row, *clean))
    _write(connection, relation, texts, types, changes)
    if changes:
        _hash_anew(connection, place, relation, columns, "select row from changed_rows")
    return len(changes)


def _texts(connection: duckdb.DuckDBPyConnection, relation: str, texts: list[str], written: str) -> Iterator[tuple]:
    """(rowid, when it was written, the texts) of every row that has any, a stretch of the table at a time."""
    said = ", ".join(f"{column}::varchar" for column in texts)
    given = " or ".join(f"{column} is not null" for column in texts)
    last = -1
    while True:  # rows that are not committed yet have ids far from the others': so from each to the next
        rows = connection.execute(
            f"select rowid, {written}, {said} from {relation} "
            f"where rowid > {last} and ({given}) order by rowid limit {STRETCH}"
        ).fetchall()
        yield from rows
        if len(rows) < STRETCH:
            return
        last = rows[-1][0]


def recogniser(connection: duckdb.DuckDBPyConnection, only: str = "") -> Recogniser:
    """Knows everybody with a tombstone."""
    (key,) = connection.execute("select getvariable('erasure_key')").fetchone()
    rows = connection.execute(f"select kind, fingerprint, erased_at from tombstones {only}").fetchall()
    return Recogniser(key, {(kind, fingerprint): erased_at for kind, fingerprint, erased_at in rows})


def _pseudonyms(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[str, str]:
    return dict(connection.execute(f"select fingerprint, pseudonym from tombstones where kind = '{kind}'").fetchall())


def _redactor(connection: duckdb.DuckDBPyConnection, users: dict[str, str]) -> Redactor:
    (key,) = connection.execute("select getvariable('erasure_key')").fetchone()
    orders = {
        order.lower() for (order,) in connection.execute(f"select distinct order_id from raw.{ORDERS}").fetchall()
    }
    tags = connection.execute(
        """
        select tag from (
            select requester_id, unnest(from_json(tags, '["varchar"]')) as tag
            from raw.helpdesk_tickets where json_type(tags) = 'ARRAY'
        ) group by tag having count(distinct requester_id) > 1
        """
    ).fetchall()
    return Redactor(
        pseudonym=lambda user: users.get(fingerprint(key, USERS, user)),
        is_order=lambda text: text.lower() in orders,
        is_common_tag={tag for (tag,) in tags}.__contains__,
    )


def _redact_documents(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> None:
    documents = [column for column in place.documents if column in columns]
    if not documents:
        return
    redactor = _redactor(connection, _pseudonyms(connection, USERS))
    said = ", ".join(f"{column}::varchar" for column in documents)
    rows = connection.execute(
        f"select found.rowid, {said} from {relation} as found inner join erased_rows on found.rowid = row"
    ).fetchall()
    clean = [
        (row, *(redactor.redact(column, value) for column, value in zip(documents, values, strict=True)))
        for row, *values in rows
    ]
    _write(connection, relation, documents, dict.fromkeys(documents, "json"), clean)


def _write(connection, relation: str, columns: list[str], types: dict[str, str], rows: list[tuple]) -> None:
    if rows:
        connection.execute(
            f"create or replace temp table changed_rows (row bigint, {', '.join(f'{c} varchar' for c in columns)})"
        )
        places = ", ".join("?" * (len(columns) + 1))
        connection.executemany(f"insert into changed_rows values ({places})", rows)
        changes = ", ".join(
            f"{column} = changed_rows.{column}{'::json' if types[column] == 'json' else ''}" for column in columns
        )
        connection.execute(f"update {relation} set {changes} from changed_rows where {relation}.rowid = row")


def _hash_anew(connection, place: Place, relation: str, columns: list[str], rows: str) -> None:
    """Such rows have a hash of what they hold now, and reconciliation knows that they differ from the source's."""
    contract = ", ".join(
        column.name if column.name in columns else f"null::{column.duckdb_type}"
        for column in TABLES[place.table].columns
    )
    connection.execute(f"update {relation} set _row_hash = hash({contract}) where rowid in ({rows})")
    connection.execute(
        f"""
        insert into ops.erased_records
        select distinct '{place.table}', erased_fingerprint('{place.table}', {TABLES[place.table].key}), true
        from {relation} where rowid in ({rows})
        except select * from ops.erased_records
        """
    )
