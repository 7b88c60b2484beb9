"""Write the shop's tables into a real database: SQLite or PostgreSQL.

Types, as a reader of the source meets them:
- money is NUMERIC(12, 2) in PostgreSQL and TEXT such as "12.30" in SQLite. SQLite has no decimal: a column declared
  DECIMAL or
  NUMERIC turns "12.30" into a binary float on the way in, so TEXT is the only declaration that keeps money exact.
- times are TIMESTAMP, in UTC and without a zone; days are DATE. SQLite keeps both as ISO text.
- is_gift is BOOLEAN (0 and 1 in SQLite), quantity is INTEGER, everything else TEXT.
Every table has its primary key and an index on updated_at.
"""

from __future__ import annotations

import csv
import io
import sqlite3
from datetime import date, datetime
from pathlib import Path

from customer360.errors import SettingError
from customer360.sources.contract import SHOP, Table

SQLITE = {"money": "text", "quantity": "integer"}
POSTGRES = {"money": "numeric(12, 2)", "quantity": "integer"}


def write_shop(shop_url: str, tables: dict[str, list[dict]]) -> None:
    """Replace the shop's tables at `sqlite:///path` or `postgresql://…` by these. Raises SettingError for any other
    URL."""
    if shop_url.startswith("sqlite:///"):
        _write_sqlite(Path(shop_url.removeprefix("sqlite:///")), tables)
    elif shop_url.startswith(("postgresql://", "postgres://")):
        _write_postgres(shop_url, tables)
    else:
        raise SettingError("The sample shop is written to sqlite:///path or postgresql://…, nothing else.")


def create_statements(table: Table, types: dict[str, str]) -> list[str]:
    """The table without its index; in SQLite with its key, which cannot be added later."""
    key = " primary key" if types is SQLITE else ""
    columns = ", ".join(
        f"{column.name} {types.get(column.type, column.type)}{key if column.name == table.key else ''}"
        for column in table.columns
    )
    return [f"drop table if exists {table.name}", f"create table {table.name} ({columns})"]


def finish_statements(table: Table, *, sqlite: bool) -> list[str]:
    """What is faster once the rows are in: the key (PostgreSQL), the index on updated_at, and statistics."""
    key = [] if sqlite else [f"alter table {table.name} add primary key ({table.key})"]
    return [*key, f"create index {table.name}_updated_at on {table.name} (updated_at)", f"analyze {table.name}"]


def run_statements(shop_url: str, statements: list[str]) -> None:
    """Run statements in the shop's database, in one transaction."""
    if shop_url.startswith("sqlite:///"):
        path = Path(shop_url.removeprefix("sqlite:///"))
        path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path)
    else:
        import psycopg2

        connection = psycopg2.connect(shop_url)
    try:
        cursor = connection.cursor()
        for statement in statements:
            cursor.execute(statement)
        connection.commit()
    finally:
        connection.close()


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


def _write_sqlite(path: Path, tables: dict[str, list[dict]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    try:
        with connection:
            for table in SHOP:
                names = [column.name for column in table.columns]
                for statement in create_statements(table, SQLITE):
                    connection.execute(statement)
                connection.executemany(
                    f"insert into {table.name} values ({', '.join('?' * len(names))})",
                    ([_text(row.get(name)) for name in names] for row in tables[table.name]),
                )
                for statement in finish_statements(table, sqlite=True):
                    connection.execute(statement)
    finally:
        connection.close()


def _write_postgres(shop_url: str, tables: dict[str, list[dict]]) -> None:
    import psycopg2

    connection = psycopg2.connect(shop_url)
    try:
        with connection, connection.cursor() as cursor:
            for table in SHOP:
                for statement in create_statements(table, POSTGRES):
                    cursor.execute(statement)
                names = [column.name for column in table.columns]
                rows = io.StringIO()
                # In COPY's CSV an unquoted nothing is null; csv writes None so, and text with quotes where it must.
                csv.writer(rows).writerows([_text(row.get(name)) for name in names] for row in tables[table.name])
                rows.seek(0)
                cursor.copy_expert(f"copy {table.name} ({', '.join(names)}) from stdin with (format csv)", rows)
                for statement in finish_statements(table, sqlite=False):
                    cursor.execute(statement)
    finally:
        connection.close()
