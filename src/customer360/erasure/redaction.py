"""Rows that are kept without the person: personal columns emptied, links by pseudonym, documents and texts cleaned."""

from __future__ import annotations

from datetime import datetime

import duckdb

from customer360.erasure.documents import Redactor
from customer360.erasure.places import ORDERS, USERS, Place
from customer360.erasure.words import redacted, redacted_document
from customer360.keyed import keyed_hash
from customer360.sources.casting import quoted
from customer360.sources.contract import SYSTEM_COLUMNS, TABLES

# A row whose words or links were changed is another version of itself than the source's: so it is hashed anew, in the
# same way wherever it is met.
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
                select rowid as row, pseudonym from {relation}
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


def redact_texts(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> int:
    """What others wrote about erased people before the erasure; how many rows that changed."""
    texts = [column for column in place.texts if column in columns]
    marks = _marks(connection, "where kind in ('email', 'phone', 'card', 'name')")
    users = _pseudonyms(connection, USERS) if place.table == "helpdesk_ticket_events" else None
    if not texts or not (marks or users):
        return 0
    written = "coalesce(created_at, updated_at)" if "created_at" in columns else "updated_at"
    types = {column.name: column.type for column in TABLES[place.table].columns}
    said = ", ".join(f"{column}::varchar" for column in texts)
    rows = connection.execute(
        f"select rowid, {written}, {said} from {relation} where coalesce({', '.join(map(quoted, texts))}) is not null "
        if len(texts) > 1
        else f"select rowid, {written}, {said} from {relation} where {texts[0]} is not null"
    )
    recogniser = _Recogniser(connection, marks)
    redactor = _redactor(connection, users) if users else None
    changes = []
    while batch := rows.fetchmany(10_000):
        for row, written_at, *values in batch:
            recogniser.written_at = written_at
            clean = [
                value and (redacted_document if types[column] == "json" else redacted)(value, recogniser)
                for column, value in zip(texts, values, strict=True)
            ]
            if redactor:
                clean = [
                    redactor.people(value) if value and column == "child_events" else value
                    for column, value in zip(texts, clean, strict=True)
                ]
            if clean != values:
                changes.append((row, *clean))
    _write(connection, relation, texts, types, changes)
    if changes:
        _hash_anew(connection, place, relation, columns, "select row from changed_rows")
    return len(changes)


class _Recogniser:
    """Says of a form of a kind whether it is an erased person's, in a text written at `written_at`."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, marks: dict[str, datetime]):
        (self.key,) = connection.execute("select getvariable('erasure_key')").fetchone()
        self.marks = marks
        self.kinds = {mark.split()[0] for mark in marks}
        self.written_at: datetime | None = None
        self.seen: dict[tuple[str, str], datetime | None] = {}

    def __call__(self, kind: str, form: str) -> bool:
        if kind not in self.kinds:
            return False
        if (kind, form) not in self.seen:
            if len(self.seen) > 500_000:
                self.seen.clear()
            self.seen[kind, form] = self.marks.get(f"{kind} {keyed_hash(self.key, 'erased', kind, form)}")
        erased_at = self.seen[kind, form]
        return erased_at is not None and (self.written_at is None or self.written_at < erased_at)


def recogniser(connection: duckdb.DuckDBPyConnection) -> _Recogniser:
    """Of everything that can be recognised in a text, whenever it was written."""
    return _Recogniser(connection, _marks(connection))


def _marks(connection: duckdb.DuckDBPyConnection, only: str = "") -> dict[str, datetime]:
    rows = connection.execute(f"select kind, fingerprint, erased_at from tombstones {only}").fetchall()
    return {f"{kind} {fingerprint}": erased_at for kind, fingerprint, erased_at in rows}


def _pseudonyms(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[str, str]:
    return dict(connection.execute(f"select fingerprint, pseudonym from tombstones where kind = '{kind}'").fetchall())


def _redactor(connection: duckdb.DuckDBPyConnection, users: dict[str, str]) -> Redactor:
    (key,) = connection.execute("select getvariable('erasure_key')").fetchone()
    orders = {
        order.lower() for (order,) in connection.execute(f"select distinct order_id from raw.{ORDERS}").fetchall()
    }
    known_orders = set(orders)
    tags = connection.execute(
        """
        select tag from (
            select requester_id, unnest(from_json(tags, '["varchar"]')) as tag
            from raw.helpdesk_tickets where json_type(tags) = 'ARRAY'
        ) group by tag having count(distinct requester_id) > 1
        """
    ).fetchall()
    return Redactor(
        pseudonym=lambda user: users.get(keyed_hash(key, "erased", USERS, user)),
        is_order=lambda text: (text.lower(),) in known_orders,
        is_common_tag={tag for (tag,) in tags}.__contains__,
    )


def _redact_documents(connection: duckdb.DuckDBPyConnection, place: Place, relation: str, columns: list[str]) -> None:
    documents = [column for column in place.documents if column in columns]
    if not documents:
        return
    redactor = _redactor(connection, _pseudonyms(connection, USERS))
    said = ", ".join(f"{column}::varchar" for column in documents)
    rows = connection.execute(f"select rowid, {said} from {relation} inner join erased_rows on rowid = row").fetchall()
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
    contract = ", ".join(
        column.name if column.name in columns else f"null::{column.duckdb_type}"
        for column in TABLES[place.table].columns
    )
    connection.execute(f"update {relation} set _row_hash = hash({contract}) where rowid in ({rows})")
