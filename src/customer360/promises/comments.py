"""Reads the comments of the warehouse: those that are new, and all of them when a rule of reading has changed.

A comment stays read: its row keeps a digest of its words, its time, the rules and the timetable by which it was read.
The same words are read once, however often they were written.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from functools import cache
from pathlib import Path

import duckdb
import pyarrow as pa

from customer360.promises.due import WorkingCalendar, due_at
from customer360.promises.reader import read

NO_SUCH_TIME = "no such day or time"

COLUMNS = pa.schema(
    {
        "event_id": pa.string(),
        "part_number": pa.int32(),
        "statement_number": pa.int32(),  # from 1; 0: nothing was found
        "kind": pa.string(),  # promise, vague; null: nothing was found
        "span_start": pa.int32(),
        "span_end": pa.int32(),
        "quoted_text": pa.string(),
        "language": pa.string(),
        "confidence": pa.decimal128(3, 2),
        "time_in_words": pa.string(),
        "due_at": pa.timestamp("us"),
        "problem": pa.string(),
        "read_digest": pa.uint64(),
    }
)


@cache
def rules_digest() -> str:
    """Changes with every change to the modules by which comments are read, so that nobody has to keep a version."""
    digest = hashlib.sha256()
    for module in sorted(Path(__file__).parent.glob("*.py")):
        if module.stem not in ("cli", "timetable", "__init__"):
            digest.update(module.read_bytes())
    return digest.hexdigest()


def read_comments(
    connection: duckdb.DuckDBPyConnection,
    *,
    comments: str,
    calendar: WorkingCalendar,
    timetable_digest: str,
    previous: str | None,
) -> pa.Table:
    """COLUMNS, one row per statement, or one for a comment that holds none, of every event with a comment that is not
    in `previous` as it would be read now (of all, without `previous`).

    Relations: comments (event_id, part_number, occurred_at, body); previous: what this returned before.
    `timetable_digest`: of the rows `calendar` is made from.
    """
    connection.execute(
        f"""
        create or replace temp table comments_to_read as
        with digested as (
            select event_id, part_number, occurred_at, body,
                hash(body, occurred_at, '{rules_digest()}', '{timetable_digest}') as read_digest
            from {comments}
        ),
        changed as (
            select event_id from digested
            {f"anti join {previous} as before using (event_id, part_number, read_digest)" if previous else ""}
        )
        select * from digested where event_id in (select event_id from changed)
        """
    )
    columns: dict[str, list] = {name: [] for name in COLUMNS.names}
    read_once = cache(read)
    rows = connection.execute("select * from comments_to_read order by event_id, part_number")
    while batch := rows.fetchmany(100_000):
        for event_id, part_number, occurred_at, body, digest in batch:
            for row in _rows(read_once(body), occurred_at, calendar):
                for name, value in zip(columns, (event_id, part_number, *row, digest), strict=True):
                    columns[name].append(value)
    arrays = [_array(columns[name], COLUMNS.field(name).type) for name in COLUMNS.names]
    return pa.Table.from_arrays(arrays, schema=COLUMNS)


def digest_of(connection: duckdb.DuckDBPyConnection, *relations: str) -> str:
    """Changes with every change to the rows of the relations."""
    digests = [
        connection.execute(f"select coalesce(bit_xor(hash(t)), 0) from {relation} as t").fetchone()[0]
        for relation in relations
    ]
    return "-".join(map(str, digests))


def _rows(statements, occurred_at: datetime, calendar: WorkingCalendar):
    if not statements:
        yield 0, *[None] * 9
    for number, each in enumerate(statements, start=1):
        due = each.expression and due_at(each.expression, occurred_at, calendar)
        problem = NO_SUCH_TIME if each.expression and due is None else None
        words = each.expression and each.expression.in_words()
        yield (
            *(number, each.kind, each.start, each.end, each.quoted, each.language),
            *(each.confidence, words, due, problem),
        )


def _array(values: list, kind: pa.DataType) -> pa.Array:
    if pa.types.is_decimal(kind):
        return pa.array(values, pa.float64()).cast(kind)
    return pa.array(values, kind)
