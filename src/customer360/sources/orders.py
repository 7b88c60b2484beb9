"""The shop database: customers, orders and what belongs to them, from SQLite or PostgreSQL.

    CUSTOMER360_SHOP_URL=postgresql://user:password@host/shop customer360 pull orders

Rows come out through DuckDB's own scanner, in windows of `updated_at` of about a million rows, each committed before the next is
fetched. A pull goes back LAG behind the watermark, since a transaction that took long may commit an older `updated_at`; what did
not change is not appended again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from customer360.config import Settings
from customer360.errors import Customer360Error, SettingError, SourceError
from customer360.sources import raw
from customer360.sources.casting import quoted
from customer360.sources.contract import PULLS, Table
from customer360.sources.landing import Progress, Ticker, landing_folder, scratch_connection
from customer360.sources.payment_data import looks_like_payment_data
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

LAG = timedelta(days=3)
ROWS_PER_STEP = 1_000_000


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load what changed in the shop database into raw; returns the loads, one per table and step.

    since, until: naive UTC, since < updated_at <= until. Raises SourceError after every table that could be loaded was.
    """
    url = _parsed(settings.required("shop_url"))
    loads, problems = [], []
    with landing_folder(settings, "orders") as folder:
        database = connect(url, folder)
        with reading(settings, "look up the watermarks of the shop") as warehouse:
            positions = {table.name: raw.position(warehouse, table)[0] for table in PULLS["orders"]}
        for table in PULLS["orders"]:
            started_at = utc_now()
            try:
                loads += _pull_table(
                    settings, database, table, folder, run_id, positions[table.name], since, until, progress
                )
            except SourceError as error:
                problems.append(str(error))
                loads.append(
                    raw.record_failure(settings, table, run_id=run_id, started_at=started_at, message=str(error))
                )
                progress(f"shop.{table.name}: not loaded. {error}")
    if problems:
        raise SourceError("\n".join(problems))
    return loads


def _pull_table(settings, database, table, folder, run_id, watermark, since, until, progress) -> list[Load]:
    columns = database.columns(table)
    refused = {name for name in columns if looks_like_payment_data(name, database, table)}
    columns = {name: type_ for name, type_ in columns.items() if name not in refused}
    raw.check_columns(table, {name.lower(): type_.duckdb_type for name, type_ in columns.items()})
    message = None
    if refused:
        message = f"not read, looks like card or bank numbers: {', '.join(sorted(refused))}"
        progress(f"shop.{table.name}: {message}")
    start = since if since is not None else (watermark - LAG if watermark else None)
    source_count, windows = database.plan(table, columns, start, until)
    ticker, loads = Ticker(progress, f"shop.{table.name}"), []
    for number, window in enumerate(windows):
        started_at = utc_now()
        file = folder / f"{table.name}-{number}.parquet"
        database.fetch(table, columns, window, file)
        load = raw.write(
            settings,
            table,
            [file],
            run_id=run_id,
            started_at=started_at,
            since=since,
            until=until,
            source_count=source_count,
            message=message,
        )
        file.unlink()
        loads.append(load)
        ticker.add(load.rows_read)
    total = sum(load.rows_loaded for load in loads)
    quarantined = sum(load.rows_quarantined for load in loads)
    progress(
        f"shop.{table.name}: {ticker.rows:,} rows read, {total:,} new, {quarantined:,} quarantined, {ticker.rate():,.0f} rows/s"
    )
    return loads


@dataclass(frozen=True)
class SourceColumn:
    """A column of a source table: its type once it is in DuckDB, and the SQL that reads it there exactly."""

    duckdb_type: str
    select: str


@dataclass(frozen=True)
class Window:
    """Rows with after < updated_at <= upto; None is open. has_undated: also those without a usable updated_at."""

    after: datetime | None
    upto: datetime | None
    has_undated: bool


def _windows(buckets: list[tuple[datetime, int]], start: datetime | None, until: datetime | None) -> list[Window]:
    """Cut hourly counts [(hour, rows)] into windows of about ROWS_PER_STEP rows, in order of time.

    The last one is open at the end, so that a row which moves on while earlier windows are read is not missed.
    """
    cuts, rows = [], 0
    for hour, count in buckets[:-1]:
        rows += count
        if rows >= ROWS_PER_STEP:
            cuts.append(hour + timedelta(hours=1) - timedelta(microseconds=1))
            rows = 0
    bounds = [start, *cuts, until]
    return [Window(after, upto, number == 0) for number, (after, upto) in enumerate(pairwise(bounds))]


class PostgresDatabase:
    """Reads through DuckDB's postgres scanner; every query runs in PostgreSQL itself, so indexes on updated_at help."""

    # Types that reach DuckDB unharmed. Everything else is read as PostgreSQL's own text, above all numeric without precision.
    NATIVE = {  # noqa: RUF012
        "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "text": "VARCHAR", "varchar": "VARCHAR", "bool": "BOOLEAN",
        "date": "DATE", "timestamp": "TIMESTAMP", "timestamptz": "TIMESTAMP WITH TIME ZONE", "float4": "FLOAT", "float8": "DOUBLE",
    }  # fmt: skip

    def __init__(self, url: URL, folder: Path):
        self.connection = scratch_connection(folder, "postgres")
        self.password = url.password
        fields = {
            "host": url.host,
            "port": url.port,
            "database": url.database,
            "user": url.username,
            "password": url.password,
        }
        query = {name: value for name, value in url.query.items() if isinstance(value, str)}
        fields["host"] = query.pop("host", fields["host"])  # a socket folder
        given = {name: value for name, value in fields.items() if value is not None}
        options = " ".join(f"{name}={_conninfo(value)}" for name, value in {"connect_timeout": "10", **query}.items())
        secret = ", ".join(f"{name} {_literal(str(value))}" for name, value in given.items())
        self.connection.execute(f"create secret shop (type postgres, {secret})")
        self._run(f"attach {_literal(options)} as shop (type postgres, secret shop, read_only)", "cannot be reached")

    def columns(self, table: Table) -> dict[str, SourceColumn]:
        rows = self._query(
            f"""
            select a.attname::text, t.typname::text, a.atttypmod
            from pg_attribute a join pg_type t on t.oid = a.atttypid
            where a.attrelid = to_regclass({_literal(table.name)}) and a.attnum > 0 and not a.attisdropped
            order by a.attnum
            """,
            f"{table.name} cannot be read",
        ).fetchall()
        if not rows:
            raise SourceError(_missing_table(table, [row[0] for row in self._tables()]))
        return {name: self._column(name, type_, modifier) for name, type_, modifier in rows}

    def _tables(self) -> list[tuple[str]]:
        return self._query(
            "select table_name::text from information_schema.tables where table_schema = any(current_schemas(false))",
            "cannot be read",
        ).fetchall()

    def _column(self, name: str, type_: str, modifier: int) -> SourceColumn:
        field = quoted(name)
        if type_ == "numeric" and modifier >= 0:
            precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
            if precision <= 38 and scale <= precision:
                # NaN has no place in a decimal of DuckDB's; as null it would pass for missing.
                return SourceColumn(f"DECIMAL({precision},{scale})", field)
        if type_ in self.NATIVE:
            return SourceColumn(self.NATIVE[type_], field)
        return SourceColumn(
            "VARCHAR", f"{field}::text as {field}" if type_ != "money" else f"{field}::numeric::text as {field}"
        )

    def plan(self, table: Table, columns, start, until) -> tuple[int, list[Window]]:
        moment = self._moment(columns)
        buckets = self._query(
            f"select date_trunc('hour', {moment}), count(*) from {quoted(table.name)} "
            f"where {self._between(moment, Window(start, until, False))} group by 1 order by 1",
            f"{table.name} cannot be read",
        ).fetchall()
        count = self._query(f"select count(*) from {quoted(table.name)}", f"{table.name} cannot be read").fetchone()[0]
        return int(count), _windows([bucket for bucket in buckets if bucket[0]], start, until)

    def fetch(self, table: Table, columns, window: Window, file: Path) -> None:
        selects = ", ".join(column.select for column in columns.values())
        where = self._between(self._moment(columns), window)
        self._run(
            f"copy (select * from {self._pushed(f'select {selects} from {quoted(table.name)} where {where}')}) "
            f"to {_literal(str(file))} (format parquet, compression snappy)",
            f"{table.name} cannot be read",
        )

    def sample(self, table: Table, name: str, rows: int) -> list[str]:
        field = quoted(name)
        query = f"select {field}::text from {quoted(table.name)} where {field} is not null limit {rows}"
        return [row[0] for row in self._query(query, f"{table.name} cannot be read").fetchall()]

    def _moment(self, columns: dict[str, SourceColumn]) -> str:
        """updated_at as naive UTC, in PostgreSQL's words."""
        name, column = next((name, column) for name, column in columns.items() if name.lower() == "updated_at")
        if column.duckdb_type == "TIMESTAMP WITH TIME ZONE":
            return f"({quoted(name)} at time zone 'UTC')"
        return f"{quoted(name)}::timestamp"

    @staticmethod
    def _between(moment: str, window: Window) -> str:
        conditions = []
        if window.after is not None:
            conditions.append(f"{moment} > {_literal(str(window.after))}::timestamp")
        if window.upto is not None:
            conditions.append(f"{moment} <= {_literal(str(window.upto))}::timestamp")
        both = " and ".join(conditions) or "true"
        return f"({both} or {moment} is null)" if window.has_undated and conditions else f"({both})"

    @staticmethod
    def _pushed(query: str) -> str:
        return f"postgres_query('shop', {_literal(query)})"

    def _query(self, query: str, what: str) -> duckdb.DuckDBPyConnection:
        return self._run(f"select * from {self._pushed(query)}", what)

    def _run(self, statement: str, what: str) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(statement)
        except duckdb.Error as error:
            if "no space left" in str(error).lower() or "file too large" in str(error).lower():
                raise
            raise SourceError(f"shop: {what}: {_first_line(error, self.password)}") from None


class SqliteDatabase:
    """Reads through DuckDB's sqlite scanner. SQLite's columns have no fixed types, so everything is read as text and cast by raw."""

    def __init__(self, url: URL, folder: Path):
        if not url.database:
            raise SettingError("CUSTOMER360_SHOP_URL names no SQLite file; write sqlite:////absolute/path/shop.sqlite.")
        self.file = Path(url.database).expanduser()
        if not self.file.is_file():
            raise SourceError(f"shop: there is no SQLite file at {self.file}. Check CUSTOMER360_SHOP_URL.")
        self.connection = scratch_connection(folder, "sqlite")
        self._run(f"attach {_literal(str(self.file))} as shop (type sqlite, read_only)", "cannot be opened")
        self._query("select count(*) as n from sqlite_master", "cannot be opened")

    def columns(self, table: Table) -> dict[str, SourceColumn]:
        rows = self._query(
            f"select name, type from pragma_table_info({_literal(table.name)})", f"{table.name} cannot be read"
        ).fetchall()
        if not rows:
            names = self._query(
                "select name from sqlite_master where type in ('table', 'view')", "cannot be read"
            ).fetchall()
            raise SourceError(_missing_table(table, [row[0] for row in names]))
        return {name: self._column(table, name, declared) for name, declared in rows}

    def _column(self, table: Table, name: str, declared: str) -> SourceColumn:
        field = quoted(name)
        contract = {column.name: column.type for column in table.columns}.get(name.lower())
        if contract in ("money", "quantity"):
            # A REAL that stands for 64.97 prints as 64.970000000000001; ten decimals tell it from more than four meant ones.
            return SourceColumn(
                "VARCHAR",
                f"case typeof({field}) when 'real' then printf('%.10f', {field}) else cast({field} as text) end as {field}",
            )
        return SourceColumn("VARCHAR", f"cast({field} as text) as {field}")

    def plan(self, table: Table, columns, start, until) -> tuple[int, list[Window]]:
        moment = self._moment(columns)
        buckets = self._query(
            f"select strftime('%Y-%m-%d %H:00:00', {moment}) as hour, count(*) as n from {quoted(table.name)} "
            f"where {self._between(moment, Window(start, until, False))} group by 1 order by 1",
            f"{table.name} cannot be read",
        ).fetchall()
        count = self._query(
            f"select count(*) as n from {quoted(table.name)}", f"{table.name} cannot be read"
        ).fetchone()[0]
        return int(count), _windows(
            [(datetime.fromisoformat(hour), int(rows)) for hour, rows in buckets if hour], start, until
        )

    def fetch(self, table: Table, columns, window: Window, file: Path) -> None:
        selects = ", ".join(column.select for column in columns.values())
        where = self._between(self._moment(columns), window)
        self._run(
            f"copy (select * from {self._pushed(f'select {selects} from {quoted(table.name)} where {where}')}) "
            f"to {_literal(str(file))} (format parquet, compression snappy)",
            f"{table.name} cannot be read",
        )

    def sample(self, table: Table, name: str, rows: int) -> list[str]:
        field = quoted(name)
        query = f"select cast({field} as text) as v from {quoted(table.name)} where {field} is not null limit {rows}"
        return [row[0] for row in self._query(query, f"{table.name} cannot be read").fetchall()]

    @staticmethod
    def _moment(columns: dict[str, SourceColumn]) -> str:
        """updated_at as SQLite's own normal form with milliseconds; an offset is applied, null where it cannot be read."""
        name = next(name for name in columns if name.lower() == "updated_at")
        return f"strftime('%Y-%m-%d %H:%M:%f', {quoted(name)})"

    @staticmethod
    def _between(moment: str, window: Window) -> str:
        # SQLite compares milliseconds, so the start is rounded down and the end up: a row too many is seen again, none is missed.
        conditions = []
        if window.after is not None:
            conditions.append(f"{moment} >= {_literal(window.after.isoformat(' ', 'milliseconds'))}")
        if window.upto is not None:
            conditions.append(f"{moment} <= {_literal(window.upto.isoformat(' ', 'milliseconds'))}")
        both = " and ".join(conditions) or "1"
        return f"({both} or {moment} is null)" if window.has_undated and conditions else f"({both})"

    @staticmethod
    def _pushed(query: str) -> str:
        return f"sqlite_query('shop', {_literal(query)})"

    def _query(self, query: str, what: str) -> duckdb.DuckDBPyConnection:
        return self._run(f"select * from {self._pushed(query)}", what)

    def _run(self, statement: str, what: str) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(statement)
        except duckdb.Error as error:
            if "no space left" in str(error).lower() or "file too large" in str(error).lower():
                raise
            raise SourceError(f"shop: {what}: {_first_line(error, None)}") from None


def connect(url: URL, folder: Path) -> PostgresDatabase | SqliteDatabase:
    """Open the shop database for reading; raises SourceError when it cannot be reached."""
    return SqliteDatabase(url, folder) if url.get_backend_name() == "sqlite" else PostgresDatabase(url, folder)


def _parsed(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise SettingError(
            "CUSTOMER360_SHOP_URL is not a database URL; write sqlite:///file or postgresql://user:password@host/db."
        ) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingError(
            f"CUSTOMER360_SHOP_URL begins with {url.drivername}://; the shop can be read from sqlite:// and postgresql://."
        )
    return url


def _missing_table(table: Table, names: list[str]) -> str:
    import difflib

    close = difflib.get_close_matches(table.name, names, n=1, cutoff=0.6)
    hint = (
        f"Was it renamed to {close[0]}? Rename it back, or add a view {table.name}"
        if close
        else f"Add it, or a view {table.name}"
    )
    return f"shop.{table.name}: the table is missing from the shop database. {hint}. See docs/source_contract.md."


def _first_line(error: Exception, password: str | None) -> str:
    text = str(error).strip().splitlines()[0]
    return text.replace(password, "***") if password else text


def _conninfo(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


__all__ = ["Customer360Error", "pull"]
