"""Try quarantined records again under the present rules: what fits now is loaded, the rest stays with its reason.

The original records go the way of any delivery: cast, checked, appended as versions, in one transaction with their
marks in ops.quarantine. So a kill or a repeat neither loses nor doubles. A replay only adds what raw does not know: it
never stands above what the source said since.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.errors import SourceError
from customer360.sources import raw
from customer360.sources.casting import constant, literal, quoted
from customer360.sources.contract import TABLES, Table
from customer360.sources.csv_files import parse_record, read_header
from customer360.sources.files import kind_of
from customer360.sources.json_lines import objects_as_columns
from customer360.sources.landing import Progress, landing_folder
from customer360.sources.raw import Load
from customer360.warehouse import reading


@dataclass(frozen=True)
class Filter:
    """Which quarantined records are meant; None: any."""

    source: str | None = None
    table: str | None = None
    reason: str | None = None

    def where(self) -> str:
        """SQL over ops.quarantine; a reason is a part of its text."""
        conditions = ["replayed_at is null"]
        if self.source:
            conditions.append(f"source_system = {constant(self.source)}")
        if self.table:
            conditions.append(f"source_table = {constant(self.table)}")
        if self.reason:
            conditions.append(f"contains(lower(reason), {constant(self.reason.lower())})")
        return " and ".join(conditions)


@dataclass(frozen=True)
class Waiting:
    """How many values of a column wait in quarantine for one reason; never what they are."""

    source: str
    table: str
    column: str | None
    reason: str
    rows: int
    first_at: datetime
    last_at: datetime


def waiting(connection: duckdb.DuckDBPyConnection, which: Filter) -> list[Waiting]:
    """What is in quarantine, the most frequent first."""
    rows = connection.execute(f"""
        select source_system, source_table, column_name, reason, count(*), min(quarantined_at), max(quarantined_at)
        from ops.quarantine where {which.where()}
        group by all order by count(*) desc, source_system, source_table, column_name, reason
    """).fetchall()
    return [Waiting(*row) for row in rows]


def replay(settings: Settings, which: Filter, *, run_id: str | None, progress: Progress = print) -> list[Load]:
    """Try the quarantined records again, one load per table; returns the loads."""
    loads: list[Load] = []
    with landing_folder(settings, "quarantine") as folder:
        with reading(settings, "look into the quarantine") as warehouse:
            names = warehouse.execute(
                f"select distinct concat(source_system, '_', source_table) from ops.quarantine where {which.where()} "
                "order by 1"
            ).fetchall()
        tables = [TABLES[name] for (name,) in names if name in TABLES]
        for table in tables:
            unread: list[int] = []
            delivery = raw.Delivery(
                table,
                run_id=run_id,
                holds_watermark=True,
                is_replay=True,
                counts_keys=table.source == "membership",
                message="replay of quarantined records",
                admit=_admit(table, which, folder, unread),
            )
            made = raw.write(settings, [delivery])
            loads += made
            for load in made:
                progress(
                    f"{table.source}.{table.name}: {load.rows_read:,} records tried, {load.rows_loaded:,} loaded, "
                    f"{load.rows_unchanged:,} known already, {load.rows_quarantined:,} still do not fit"
                )
            if unread[0]:
                progress(
                    f"{table.source}.{table.name}: {unread[0]:,} lines cannot be read by themselves: "
                    f"deliver their files again"
                )
    return loads


def _admit(table: Table, which: Filter, folder: Path, unread: list[int]):
    """What raw.write asks for under the lock: the records as a file to be loaded."""

    def admit(connection: duckdb.DuckDBPyConnection) -> tuple[Sequence[Path], Sequence[raw.Unreadable]]:
        found = connection.execute(f"""
            select record, any_value(column_name) is null, any_value(source_file), any_value(source_row),
                max(quarantined_at), any_value(load_id)
            from ops.quarantine
            where {Filter(table.source, table.name).where()} and record in (
                select record from ops.quarantine where {which.where()}
            )
            group by record order by max(quarantined_at), any_value(source_file), any_value(source_row)
        """).fetchall()
        rows, failed = [], 0
        for record, is_line, file, row, refused_at, load_id in found:
            text = _as_object(connection, table, record, file, load_id) if is_line else record
            if text is None:
                failed += 1
            else:
                rows.append((text, record, file, row, refused_at))
        unread.append(failed)
        return ([_as_file(connection, table, rows, folder)] if rows else []), ()

    return admit


def _as_object(connection, table: Table, line: str, file: str, load_id: str) -> str | None:
    """A line that could not be read, as a JSON object; None where that still does not work."""
    kind, _ = kind_of(file) or ("", False)
    if kind == "jsonl":
        try:
            return line if isinstance(json.loads(line), dict) else None
        except (ValueError, RecursionError):
            return None
    header = connection.execute(
        "select max(header) from ops.source_files where source_system = ? and path = ? and load_id = ?",
        [table.source, file, load_id],
    ).fetchone()[0]
    if not header:
        return None
    try:
        columns, delimiter = read_header(header, table)
    except SourceError:
        return None
    values, reason = parse_record(line, delimiter, len(columns))
    if reason:
        return None
    pairs = zip(columns, values, strict=True)
    return json.dumps({name: value or None for name, value in pairs if not name.startswith("_")})


def _as_file(connection, table: Table, rows: list[tuple], folder: Path) -> Path:
    """The records as Parquet: every key a text column, and every required column, so that a lack is a row's own."""
    connection.execute(
        "create or replace temp table replayed "
        "(line json, _record varchar, _source_file varchar, _source_row bigint, _refused_at timestamp)"
    )
    columns = [list(column) for column in zip(*rows, strict=True)]
    connection.execute(
        "insert into replayed select unnest($1::varchar[]), unnest($2::varchar[]), unnest($3::varchar[]), "
        "unnest($4::bigint[]), unnest($5::timestamp[])",
        columns,
    )
    keys = [row[0] for row in connection.execute("select distinct unnest(json_keys(line)) from replayed").fetchall()]
    keys = sorted(key for key in keys if not key.startswith("_"))
    lacking = {column.name for column in table.columns if column.required} - {key.lower() for key in keys}
    missing = "".join(f"null::varchar as {quoted(name)}, " for name in sorted(lacking))
    target = folder / f"{table.name}.parquet"
    connection.execute(
        f"copy (select {objects_as_columns('line', keys)}, {missing}"
        f"_record, _source_file, _source_row, _refused_at from replayed order by rowid) "
        f"to {literal(str(target))} (format parquet)"
    )
    connection.execute("drop table replayed")
    return target
