"""Write what a pull fetched into raw, in one transaction with the record of it.

    from customer360.sources import raw
    raw.write(settings, [raw.Delivery(TABLES["shop_orders"], [parquet_file], run_id=run_id)])

A delivery becomes one load: it is cast to the contract's types, what does not fit is quarantined, the versions that are
new are appended, and `ops.loads` gets a row with the watermark and the cursor. All of it is committed together, so a
kill at any instant and a repeat change nothing.

A version is what a source said of a record (key) as of one moment (updated_at). It is appended unless the last
version with the same key and updated_at says the same; of several in one delivery the last one counts. A record that
was marked as deleted at the source and comes again is always a new version.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import astuple, dataclass, field, fields
from datetime import datetime
from pathlib import Path

import duckdb

from customer360 import erasure
from customer360.config import Settings
from customer360.errors import SourceError
from customer360.sources import casting, quarantining
from customer360.sources.casting import constant, literal, quoted
from customer360.sources.contract import SYSTEM_COLUMNS, Column, Table
from customer360.sources.drift import check_columns, check_values
from customer360.sources.landing import clear_errors
from customer360.sources.quarantining import ORIGIN_COLUMNS, Unreadable, conditions
from customer360.warehouse import new_id, utc_now, writing

# Columns that no model reads may be many, but not without end: each costs every query on the table.
MOST_COLUMNS = 2000


@dataclass(frozen=True)
class Load:
    """One row of ops.loads; times are naive UTC.

    rows_read = rows_loaded + rows_unchanged + rows_quarantined + rows_withheld; withheld are those of erased people.
    watermark is up to where the table is complete after this load; the latest one of a table is `max(watermark)`.
    """

    load_id: str
    run_id: str | None
    source_system: str
    source_table: str
    started_at: datetime
    ended_at: datetime
    duration_seconds: float
    status: str  # succeeded, failed
    rows_read: int = 0
    rows_loaded: int = 0
    rows_unchanged: int = 0
    rows_quarantined: int = 0
    source_count: int | None = None
    watermark_from: datetime | None = None
    watermark: datetime | None = None
    cursor: str | None = None
    new_columns: str | None = None
    message: str | None = None
    rows_withheld: int = 0


def position(connection: duckdb.DuckDBPyConnection, table: Table) -> tuple[datetime | None, str | None]:
    """(watermark, cursor) of the last good load of a table: where the next pull goes on."""
    return connection.execute(
        "select max(watermark), max_by(cursor, ended_at) from ops.loads where status = 'succeeded' "
        f"and source_system = {constant(table.source)} and source_table = {constant(table.name)}"
    ).fetchone()


@dataclass(frozen=True)
class Delivery:
    """What a pull fetched of one table and wants to have in raw: Parquet files, and what to record with them.

    since, until: the window that was asked for (None = from the watermark / to the end). A window that leaves a gap
    behind the watermark loads its rows but does not move it. holds_watermark: this is part of something unordered, so
    the watermark stays until the last part. is_replay: these are records that were quarantined. counts_keys: the source
    cannot count, so source_count becomes the number of record ids it ever delivered, counted before anything is cast.
    admit: says, under the lock, which files and unreadable rows are to be loaded (instead of `files`). also: writes
    what must be committed together with the rows.
    """

    table: Table
    files: Sequence[Path] = ()
    run_id: str | None = None
    started_at: datetime = field(default_factory=utc_now)
    since: datetime | None = None
    until: datetime | None = None
    source_count: int | None = None
    counts_keys: bool = False
    cursor: str | None = None
    holds_watermark: bool = False
    is_replay: bool = False
    message: str | None = None
    admit: Callable[[duckdb.DuckDBPyConnection], tuple[Sequence[Path], Sequence[Unreadable]]] | None = None
    also: Callable[[duckdb.DuckDBPyConnection, str], None] | None = None


def write(
    settings: Settings,
    deliveries: Sequence[Delivery],
    *,
    wait_seconds: float = 600,
    refused: Callable[[Delivery, SourceError], None] | None = None,
) -> list[Load]:
    """Append deliveries to raw, each in a transaction of its own, opening the warehouse once; returns their loads.

    Raises SourceError when a column's type cannot hold what the contract asks for, WarehouseBusyError when the
    warehouse stays locked for `wait_seconds`. Deliveries before the failing one are committed then, and their files
    are gone. With `refused`, which is told, the other tables' deliveries behind a SourceError are written all the same.
    """
    loads = []
    if deliveries:
        names = ", ".join(dict.fromkeys(delivery.table.raw_name for delivery in deliveries))
        with clear_errors(settings), writing(settings, f"load {names}", wait_seconds=wait_seconds) as connection:
            connection.execute("set timezone = 'UTC'")
            erasure.prepare(settings, connection)
            stopped = set()
            for delivery in deliveries:
                if delivery.table.raw_name in stopped:
                    continue  # its watermark must not pass what was refused
                connection.execute("begin")
                try:
                    loads.append(_load(connection, delivery))
                    connection.execute("commit")
                except SourceError as error:
                    connection.execute("rollback")
                    if refused is None:
                        raise
                    stopped.add(delivery.table.raw_name)
                    refused(delivery, error)
                except BaseException:
                    connection.execute("rollback")
                    raise
                for file in delivery.files:
                    file.unlink(missing_ok=True)
    return loads


def _load(connection: duckdb.DuckDBPyConnection, delivery: Delivery) -> Load:
    table, load_id = delivery.table, new_id("load")
    files, unreadable = delivery.admit(connection) if delivery.admit else (delivery.files, ())
    current, known_cursor = position(connection, table)
    counts = _append(connection, delivery, files, load_id) if files else _Counts()
    quarantining.put_aside_unreadable(connection, table, load_id, unreadable, utc_now())
    source_count = delivery.source_count
    if delivery.counts_keys:
        source_count = _last_source_count(connection, table) + counts.new_keys
    since = delivery.since
    leaves_gap = since is not None and (since > current if current else delivery.until is not None)
    stays = leaves_gap or delivery.holds_watermark or counts.newest is None
    ended_at = utc_now()
    load = Load(
        load_id=load_id,
        run_id=delivery.run_id,
        source_system=table.source,
        source_table=table.name,
        started_at=delivery.started_at,
        ended_at=ended_at,
        duration_seconds=(ended_at - delivery.started_at).total_seconds(),
        status="succeeded",
        rows_read=counts.read + len(unreadable),
        rows_loaded=counts.loaded,
        rows_unchanged=counts.read - counts.quarantined - counts.withheld - counts.loaded,
        rows_quarantined=counts.quarantined + len(unreadable),
        source_count=source_count,
        watermark_from=since if since is not None else current,
        watermark=current if stays else max(filter(None, (current, counts.newest))),
        cursor=delivery.cursor if delivery.cursor is not None else known_cursor,
        new_columns=", ".join(counts.new_columns) or None,
        message=delivery.message,
        rows_withheld=counts.withheld,
    )
    _record(connection, load)
    if delivery.also:
        delivery.also(connection, load_id)
    return load


def record_failure(
    settings: Settings, tables: Sequence[Table], *, run_id: str | None, started_at: datetime, message: str
) -> list[Load]:
    """Record in ops.loads that tables could not be pulled, and why."""
    ended_at = utc_now()
    loads = [
        Load(
            load_id=new_id("load"),
            run_id=run_id,
            source_system=table.source,
            source_table=table.name,
            started_at=started_at,
            ended_at=ended_at,
            duration_seconds=(ended_at - started_at).total_seconds(),
            status="failed",
            message=message,
        )
        for table in tables
    ]
    with clear_errors(settings), writing(settings, f"record failed loads of {tables[0].source}") as connection:
        for load in loads:
            _record(connection, load)
    return loads


@contextlib.contextmanager
def recorded_failure(settings: Settings, tables: Sequence[Table], run_id: str | None) -> Iterator[None]:
    """Record the SourceError of what concerns all tables of a source at once, and let it go on."""
    started_at = utc_now()
    try:
        yield
    except SourceError as error:
        record_failure(settings, tables, run_id=run_id, started_at=started_at, message=str(error))
        raise


def _record(connection: duckdb.DuckDBPyConnection, load: Load) -> None:
    names = ", ".join(field.name for field in fields(Load))
    connection.execute(f"insert into ops.loads ({names}) values ({', '.join(map(constant, astuple(load)))})")


def _last_source_count(connection: duckdb.DuckDBPyConnection, table: Table) -> int:
    row = connection.execute(
        "select max(source_count) from ops.loads where source_system = ? and source_table = ?",
        [table.source, table.name],
    ).fetchone()
    return row[0] or 0


@dataclass(frozen=True)
class _Counts:
    read: int = 0
    loaded: int = 0
    quarantined: int = 0
    withheld: int = 0
    newest: datetime | None = None
    new_keys: int = 0
    new_columns: tuple[str, ...] = ()


def _append(connection, delivery: Delivery, files: Sequence[Path], load_id: str) -> _Counts:
    """Cast, quarantine and append."""
    table = delivery.table
    now = utc_now()
    landed = f"read_parquet([{', '.join(literal(str(file)) for file in files)}], union_by_name = true)"
    delivered = _delivered(connection, landed)
    types = {name.lower(): (name, type_) for name, type_ in delivered.items()}
    check_columns(table, {name: type_ for name, (_, type_) in types.items()})
    present = [(column, *types[column.name]) for column in table.columns if column.name in types]
    extra = [
        name for name in delivered if name.lower() not in {c.name for c in table.columns} and name not in ORIGIN_COLUMNS
    ]
    extra = [name for name in extra if name.lower() not in SYSTEM_COLUMNS]
    new_columns = _add_columns(connection, table, extra)
    new_keys = _count_new_keys(connection, table, landed, types[table.key][0]) if delivery.counts_keys else 0

    reject, flag = conditions(table, present, now)
    casts = [
        f"{casting.cast_expression(column, native, name, is_key=column.name == table.key)} as _c_{column.name}"
        for column, name, native in present
    ]
    connection.execute(f"""
        create or replace temp table incoming as
        with converted as (
            select *, {", ".join(casts)}
            from {landed}
        )
        select
            {", ".join(f"_c_{column.name} as {quoted(column.name)}" for column, _, _ in present)},
            {"".join(f"cast({quoted(name)} as varchar) as {quoted(name.lower())}, " for name in extra)}
            {quoted("_source_file") if "_source_file" in delivered else "null::varchar"} as _source_file,
            {"_refused_at" if delivery.is_replay else "null::timestamp"} as _refused_at,
            {_hash(present, extra)} as _row_hash,
            coalesce({reject}, false) as _reject,
            coalesce({flag}, false) as _flag
        from converted
    """)
    key = quoted(table.key)
    read, quarantined, flagged, newest, oldest = connection.execute(
        "select count(*), count(*) filter (_reject), count(*) filter (_flag or _reject), "
        "max(updated_at) filter (not _reject), min(updated_at) filter (not _reject) from incoming"
    ).fetchone()
    if flagged and not delivery.is_replay:
        check_values(connection, table, present, landed)
    if flagged or delivery.is_replay:
        quarantining.put_aside(
            connection, table, landed, present, delivered, load_id, now, is_replay=delivery.is_replay
        )
        connection.execute("delete from incoming where _reject")
    withheld = erasure.withhold(connection, table, load_id)
    repeated = connection.execute(
        f"select 1 from (select {key} from incoming group by {key}, updated_at having count(*) > 1) limit 1"
    ).fetchone()
    if repeated:
        connection.execute(f"""
            delete from incoming where rowid not in (select max(rowid) from incoming group by {key}, updated_at)
        """)
    columns = [quoted(column.name) for column, _, _ in present] + [quoted(name.lower()) for name in extra]
    if delivery.is_replay:
        quarantining.drop_outdated(connection, table, columns)
    loaded = 0
    if newest is not None:
        raw_table = f"raw.{table.raw_name}"
        # A first load, or a window nobody read before, has nothing to be compared with: that saves a third of the time.
        overlaps = connection.execute(
            f"select 1 from {raw_table} where updated_at between {constant(oldest)} and {constant(newest)} limit 1"
        ).fetchone()
        unknown = (
            f"""
            left join (
                select {key}, updated_at, max_by(_row_hash, _loaded_at) as last_hash
                from {raw_table} left join (
                    select {key}, max(_deleted_noticed_at) as gone_at from {raw_table}
                    where _deleted_noticed_at is not null group by all
                ) as gone using ({key})
                where updated_at between {constant(oldest)} and {constant(newest)}
                    and {key} in (select {key} from incoming)
                    and (gone_at is null or _loaded_at > gone_at)
                group by all
            ) as known using ({key}, updated_at)
            where last_hash is null or last_hash <> _row_hash
            """
            if overlaps
            else ""
        )
        loaded = connection.execute(
            f"""
            insert into {raw_table} ({", ".join(columns)}, _load_id, _loaded_at, _source_file, _row_hash)
            select {", ".join("incoming." + column for column in columns)}, {constant(load_id)}, {constant(now)},
                _source_file, _row_hash
            from incoming {unknown}
            """
        ).fetchone()[0]
    connection.execute("drop table incoming")
    if delivery.is_replay:
        quarantining.mark_replayed(connection, table, landed, load_id, now)
    return _Counts(
        read, loaded, quarantined, withheld, newest=newest, new_keys=new_keys, new_columns=tuple(new_columns)
    )


def _delivered(connection, landed: str) -> dict[str, str]:
    return {row[0]: row[1] for row in connection.execute(f"describe select * from {landed}").fetchall()}


def _add_columns(connection, table: Table, extra: list[str]) -> list[str]:
    """Give raw a varchar column for each delivered one it does not know; returns those that are new."""
    known = {row[0].lower() for row in connection.execute(f"describe raw.{table.raw_name}").fetchall()}
    new = [name.lower() for name in extra if name.lower() not in known]
    if len(known) + len(new) > MOST_COLUMNS:
        raise SourceError(
            f"{table.source}.{table.name}: {len(new):,} new columns are too many for one table. Is the source right?"
        )
    for name in new:
        connection.execute(f"alter table raw.{table.raw_name} add column {quoted(name)} varchar")
    return new


def _count_new_keys(connection, table: Table, landed: str, key_name: str) -> int:
    """Record ids in the landed files that raw and quarantine have never seen: counted before anything is cast."""
    return connection.execute(
        f"""
        select count(distinct id) from (select nullif(trim(cast({quoted(key_name)} as varchar)), '') as id from
        {landed}) where id not in (select {quoted(table.key)} from raw.{table.raw_name} where {quoted(table.key)} is
        not null)
            and id not in (
                select trim(source_record_id) from ops.quarantine
                where source_system = ? and source_table = ? and source_record_id is not null
            ) and {erasure.never_erased(connection, table, "id")}
        """,
        [table.source, table.name],
    ).fetchone()[0]


def _hash(present: list[tuple[Column, str, str]], extra: list[str]) -> str:
    """Tells versions apart. A column that raw gained later changes it only where it holds something."""
    parts = ["hash(" + ", ".join(f"_c_{column.name}" for column, _, _ in present) + ")"]
    parts += [
        f"case when {quoted(name)} is null then 0::ubigint else hash({literal(name.lower())}, {quoted(name)}) end"
        for name in extra
    ]
    expression = parts[0]
    for part in parts[1:]:
        expression = f"xor({expression}, {part})"
    return expression
