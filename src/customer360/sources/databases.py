"""The two kinds of shop database, read through DuckDB's own scanners.

    database = connect(make_url("postgresql://user:password@host/shop"), scratch_folder)
    columns = database.columns(table)
    plan = database.plan(table, columns, since, until)
    database.fetch(table, plan.columns, plan.windows[0], Path("orders.parquet"))

Queries run in the database itself, so that its indexes on updated_at help. Every failure becomes a SourceError of one
line, in which a password never appears.
"""

from __future__ import annotations

import difflib
from abc import ABC, abstractmethod
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
from sqlalchemy.engine import URL

from customer360.errors import SettingError, SourceError, SourceUnreachableError
from customer360.foreign_errors import said_by
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import Table
from customer360.sources.landing import is_disk_full, may_pass, scratch_connection

ROWS_PER_WINDOW = 1_000_000


@dataclass(frozen=True)
class SourceColumn:
    """A column of a source table: its type once it is in DuckDB, and the SQL that reads it there exactly."""

    duckdb_type: str
    select: str
    has_nulls: bool = True


@dataclass(frozen=True)
class Window:
    """Rows with after < updated_at <= upto; None is open. has_undated: also those without a usable updated_at."""

    after: datetime | None
    upto: datetime | None
    has_undated: bool = False


def windows(hours: list[tuple[datetime, int]], since: datetime | None, until: datetime | None) -> list[Window]:
    """Cut hourly counts [(hour, rows)] into windows of about ROWS_PER_WINDOW rows, in order of time.

    The last one is open at the end, so that a row which moves on while earlier windows are read is not missed.
    """
    cuts, rows = [], 0
    for hour, count in hours[:-1]:
        rows += count
        if rows >= ROWS_PER_WINDOW:
            cuts.append(hour + timedelta(hours=1) - timedelta(microseconds=1))
            rows = 0
    return [Window(after, upto, number == 0) for number, (after, upto) in enumerate(pairwise([since, *cuts, until]))]


@dataclass(frozen=True)
class Plan:
    """How to read a table: its columns, the windows in order of time, and how many rows it has up to the end."""

    columns: dict[str, SourceColumn]
    windows: list[Window]
    row_count: int


class Database(ABC):
    """A shop database that is open for reading."""

    password: str | None = None
    connection: duckdb.DuckDBPyConnection

    @abstractmethod
    def columns(self, table: Table) -> dict[str, SourceColumn]:
        """The columns a table really has; raises SourceError, with a suggestion, when the table is missing."""

    def plan(
        self, table: Table, columns: dict[str, SourceColumn], since: datetime | None, until: datetime | None
    ) -> Plan:
        """How to read since < updated_at <= until."""
        name, what = quoted(table.name), f"{table.name} cannot be read"
        odd = self._odd(columns)
        checks = "".join(
            f", max(case when {condition} then 1 else 0 end) as odd_{number}"
            for number, condition in enumerate(odd.values())
        )
        hours = self.query(
            f"select {self._hour(columns)} as hour, count(*) as n{checks} from {name} "
            f"where {self._where(columns, Window(since, until, has_undated=True))} group by 1 order by 1",
            what,
        )
        row_count = sum(int(row[1]) for row in hours)
        if since or until:
            until_then = self._where(columns, Window(None, until))
            row_count = int(self.query(f"select count(*) as n from {name} where {until_then}", what)[0][0])
        for position, field in enumerate(odd, start=2):
            if any(int(row[position]) for row in hours):
                columns = {**columns, field: _as_text(field, columns[field])}
        dated = [(hour, int(row[1])) for row in hours if (hour := _hour_of(row[0]))]
        return Plan(columns, windows(dated, since, until), row_count)

    def fetch(self, table: Table, columns: dict[str, SourceColumn], window: Window, file: Path) -> int:
        """Write the rows of a window to a Parquet file, streaming; returns how many there were."""
        selects = ", ".join(column.select for column in columns.values())
        query = f"select {selects} from {quoted(table.name)} where {self._where(columns, window)}"
        copied = self.run(
            f"copy (from {self._pushed(query)}) to {literal(str(file))} (format parquet)",
            f"{table.name} cannot be read",
        )
        return copied.fetchone()[0]

    def rows(self, table: Table, columns: dict[str, SourceColumn], window: Window) -> str:
        """The rows of a window as a relation of DuckDB's, to be read as a stream."""
        selects = ", ".join(column.select for column in columns.values())
        return self._pushed(f"select {selects} from {quoted(table.name)} where {self._where(columns, window)}")

    def fetch_keyed(self, table: Table, columns: dict[str, SourceColumn], keys: list[str] | None, file: Path) -> None:
        """Write all rows that have one of the keys to a Parquet file; None: all rows there are."""
        # What DuckDB's type cannot hold is met as text, and judged by whoever casts it.
        columns = {name: _as_text(name, each) if name in self._odd(columns) else each for name, each in columns.items()}
        selects = ", ".join(column.select for column in columns.values())
        where = "1 = 1" if keys is None else self._where_keys(table, columns, keys)
        query = f"select {selects} from {quoted(table.name)} where {where}"
        self.run(
            f"copy (from {self._pushed(query)}) to {literal(str(file))} (format parquet)",
            f"{table.name} cannot be read",
        )

    def count(self, table: Table, columns: dict[str, SourceColumn], window: Window) -> int:
        """How many rows a window has."""
        query = f"select count(*) as n from {quoted(table.name)} where {self._where(columns, window)}"
        return int(self.query(query, f"{table.name} cannot be read")[0][0])

    def sample(self, table: Table, name: str, rows: int) -> list[str]:
        """Some values of a column, as text."""
        field = quoted(name)
        query = f"select cast({field} as text) as v from {quoted(table.name)} where {field} is not null limit {rows}"
        return [row[0] for row in self.query(query, f"{table.name} cannot be read")]

    def query(self, query: str, what: str) -> list[tuple]:
        """Rows of a query that runs in the database; `what` begins the message when it fails."""
        return self.run(f"from {self._pushed(query)}", what).fetchall()

    def run(self, statement: str, what: str) -> duckdb.DuckDBPyConnection:
        try:
            return self.connection.execute(statement)
        except duckdb.Error as error:
            if is_disk_full(error):
                raise
            line = said_by(error)
            line = line.replace(self.password, "***") if self.password else line
            kind = SourceUnreachableError if may_pass(error) else SourceError
            raise kind(f"shop: {what}: {line}") from None

    @abstractmethod
    def _pushed(self, query: str) -> str:
        """A table function of DuckDB's that runs `query` in the database."""

    def _odd(self, columns: dict[str, SourceColumn]) -> dict[str, str]:
        """{column: condition} of values that its type in DuckDB cannot hold; with any, it is read as text."""
        return {}

    @abstractmethod
    def _hour(self, columns: dict[str, SourceColumn]) -> str:
        """updated_at in UTC, cut to the hour."""

    def _where_keys(self, table: Table, columns: dict[str, SourceColumn], keys: list[str]) -> str:
        """The rows that have one of the keys."""
        name = next(name for name in columns if name.lower() == table.key)
        return f"cast({quoted(name)} as text) in ({', '.join(map(literal, keys))})"

    @abstractmethod
    def _where(self, columns: dict[str, SourceColumn], window: Window) -> str:
        """The rows of a window."""


def _hour_of(value: object) -> datetime | None:
    """None for what Python cannot hold (infinity, the year 29230); such rows are in the last window, which is open."""
    try:
        return datetime.fromisoformat(str(value))
    except ValueError:
        return None


def _updated_at(columns: dict[str, SourceColumn]) -> tuple[str, SourceColumn]:
    return next((quoted(name), column) for name, column in columns.items() if name.lower() == "updated_at")


def _as_text(name: str, column: SourceColumn) -> SourceColumn:
    return SourceColumn("VARCHAR", f"{quoted(name)}::text as {quoted(name)}", column.has_nulls)


class PostgresDatabase(Database):
    # Types that reach DuckDB unharmed. Everything else is read as PostgreSQL's own text: numeric without precision
    # above all, which the scanner would make a float.
    NATIVE = {  # noqa: RUF012
        "int2": "SMALLINT",
        "int4": "INTEGER",
        "int8": "BIGINT",
        "text": "VARCHAR",
        "varchar": "VARCHAR",
        "bool": "BOOLEAN",
        "date": "DATE",
        "timestamp": "TIMESTAMP",
        "timestamptz": "TIMESTAMP WITH TIME ZONE",
        "float4": "FLOAT",
        "float8": "DOUBLE",
    }

    def __init__(self, url: URL, folder: Path):
        self.connection = scratch_connection(folder, "postgres")
        self.password = url.password
        options = {
            "connect_timeout": "10",
            **{name: value for name, value in url.query.items() if isinstance(value, str)},
        }
        fields = {
            "host": options.pop("host", url.host),  # ?host=/folder is how a URL names a socket
            "port": url.port,
            "database": url.database,
            "user": url.username,
            "password": url.password,
        }
        secret = ", ".join(f"{name} {literal(str(value))}" for name, value in fields.items() if value is not None)
        conninfo = " ".join(f"{name}={_conninfo_value(value)}" for name, value in options.items())
        what = f"the database at {fields['host'] or 'the default socket'} cannot be reached"
        self.run(f"create secret shop (type postgres, {secret})", what)
        self.run(f"attach {literal(conninfo)} as shop (type postgres, secret shop, read_only)", what)

    def columns(self, table: Table) -> dict[str, SourceColumn]:
        rows = self.query(
            "select a.attname::text, t.typname::text, a.atttypmod, not a.attnotnull "
            "from pg_attribute a join pg_type t on t.oid = a.atttypid "
            f"where a.attrelid = to_regclass({literal(table.name)}) and a.attnum > 0 and not a.attisdropped "
            "order by a.attnum",
            f"{table.name} cannot be read",
        )
        if not rows:
            others = self.query(
                "select table_name::text from information_schema.tables "
                "where table_schema = any(current_schemas(false))",
                "the list of tables cannot be read",
            )
            raise _missing(table, [row[0] for row in others])
        return {name: self._column(name, type_, modifier, has_nulls) for name, type_, modifier, has_nulls in rows}

    def _column(self, name: str, type_: str, modifier: int, has_nulls: bool) -> SourceColumn:
        field = quoted(name)
        if type_ == "numeric" and modifier >= 4:
            precision, scale = (modifier - 4) >> 16 & 0xFFFF, (modifier - 4) & 0x7FF
            if precision <= 38 and scale <= precision:
                return SourceColumn(f"DECIMAL({precision},{scale})", field, has_nulls)
        if type_ in self.NATIVE:
            return SourceColumn(self.NATIVE[type_], field, has_nulls)
        if type_ == "money":
            return SourceColumn("VARCHAR", f"{field}::numeric::text as {field}", has_nulls)
        return _as_text(name, SourceColumn("VARCHAR", field, has_nulls))

    def _odd(self, columns: dict[str, SourceColumn]) -> dict[str, str]:
        # A decimal(12, 2) of PostgreSQL's may hold NaN, which the scanner would turn into a number.
        decimals = [name for name, column in columns.items() if column.duckdb_type.startswith("DECIMAL")]
        return {name: f"{quoted(name)} = 'NaN'" for name in decimals}

    def _where_keys(self, table: Table, columns: dict[str, SourceColumn], keys: list[str]) -> str:
        # Compared as they are stored, or no index could be used.
        name = next(name for name in columns if name.lower() == table.key)
        match columns[name].duckdb_type:
            case "VARCHAR" if columns[name].select == quoted(name):
                return f"{quoted(name)} in ({', '.join(map(literal, keys))})"
            case "BIGINT" | "INTEGER" | "SMALLINT":
                whole = [key for key in keys if key.isascii() and key.lstrip("-").isdigit() and len(key) < 19]
                return f"{quoted(name)} in ({', '.join(whole) or 'null'})"
        return super()._where_keys(table, columns, keys)

    def _pushed(self, query: str) -> str:
        return f"postgres_query('shop', {literal(query)})"

    def _hour(self, columns: dict[str, SourceColumn]) -> str:
        field, column = _updated_at(columns)
        is_zoned = column.duckdb_type == "TIMESTAMP WITH TIME ZONE"
        moment = f"{field} at time zone 'UTC'" if is_zoned else f"{field}::timestamp"
        return f"date_trunc('hour', {moment})"

    def _where(self, columns: dict[str, SourceColumn], window: Window) -> str:
        field, column = _updated_at(columns)
        # The column itself is compared, not something computed from it, or no index could be used.
        moment = (
            (lambda value: f"timestamptz {literal(f'{value}+00')}")
            if column.duckdb_type == "TIMESTAMP WITH TIME ZONE"
            else (lambda value: f"timestamp {literal(str(value))}")
        )
        if column.duckdb_type == "VARCHAR":
            field = f"{field}::timestamp"
        conditions = []
        if window.after is not None:
            conditions.append(f"{field} > {moment(window.after)}")
        if window.upto is not None:
            conditions.append(f"{field} <= {moment(window.upto)}")
        both = " and ".join(conditions) or "true"
        return f"({both} or {field} is null)" if window.has_undated and conditions and column.has_nulls else both


class SqliteDatabase(Database):
    """SQLite's columns have no fixed types, so everything is read as text, and raw casts it."""

    def __init__(self, url: URL, folder: Path):
        if not url.database:
            raise SettingError("CUSTOMER360_SHOP_URL names no SQLite file; write sqlite:////absolute/path/shop.sqlite.")
        file = Path(url.database).expanduser()
        if not file.is_file():
            raise SourceError(f"shop: there is no SQLite file at {file}. Check CUSTOMER360_SHOP_URL.")
        self.connection = scratch_connection(folder, "sqlite")
        self.run(f"attach {literal(str(file))} as shop (type sqlite, read_only)", f"{file} cannot be opened")
        self.query("select count(*) as n from sqlite_master", f"{file} cannot be opened")

    def columns(self, table: Table) -> dict[str, SourceColumn]:
        what = f"{table.name} cannot be read"
        rows = self.query(f"select name, type from pragma_table_info({literal(table.name)})", what)
        if not rows:
            others = self.query("select name from sqlite_master where type in ('table', 'view')", what)
            raise _missing(table, [row[0] for row in others])
        types = {column.name: column.type for column in table.columns}
        return {name: self._column(name, types.get(name.lower())) for name, _ in rows}

    @staticmethod
    def _column(name: str, contract_type: str | None) -> SourceColumn:
        field = quoted(name)
        text = f"cast({field} as text)"
        if contract_type in ("money", "quantity"):
            # A REAL meant as 64.97 prints as 64.970000000000001; ten decimals still tell it from one that has five.
            text = f"case typeof({field}) when 'real' then printf('%.10f', {field}) else {text} end"
        return SourceColumn("VARCHAR", f"{text} as {field}")

    def _pushed(self, query: str) -> str:
        return f"sqlite_query('shop', {literal(query)})"

    def _moment(self, columns: dict[str, SourceColumn]) -> str:
        """updated_at in SQLite's own normal form with milliseconds, UTC; null where SQLite cannot read it."""
        return f"strftime('%Y-%m-%d %H:%M:%f', {_updated_at(columns)[0]})"

    def _hour(self, columns: dict[str, SourceColumn]) -> str:
        return f"strftime('%Y-%m-%d %H:00:00', {_updated_at(columns)[0]})"

    def _where(self, columns: dict[str, SourceColumn], window: Window) -> str:
        moment = self._moment(columns)
        # In milliseconds: what lies within one of them on a border is read twice, and nothing is missed.
        conditions = []
        if window.after is not None:
            conditions.append(f"{moment} >= {literal(window.after.isoformat(' ', 'milliseconds'))}")
        if window.upto is not None:
            conditions.append(f"{moment} <= {literal(window.upto.isoformat(' ', 'milliseconds'))}")
        both = " and ".join(conditions) or "1"
        return f"({both} or {moment} is null)" if window.has_undated and conditions else both


def connect(url: URL, folder: Path) -> Database:
    """Open the shop database for reading; raises SourceError when it cannot be reached."""
    return (SqliteDatabase if url.get_backend_name() == "sqlite" else PostgresDatabase)(url, folder)


def _missing(table: Table, names: list[str]) -> SourceError:
    close = difflib.get_close_matches(table.name, names, n=1, cutoff=0.6)
    hint = (
        f"Was it renamed to {close[0]}? Rename it back, or add a view {table.name}"
        if close
        else "Add it, or a view of that name"
    )
    return SourceError(
        f"shop.{table.name}: the table is missing from the shop database. {hint}. See docs/source_contract.md."
    )


def _conninfo_value(value: str) -> str:
    return "'" + value.replace("\\", "\\\\").replace("'", "\\'") + "'"
