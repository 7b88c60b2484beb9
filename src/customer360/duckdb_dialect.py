"""DuckDB under Great Expectations: rows are fetched before the connection goes away.

Great Expectations closes its connection between executing a query and fetching from it. DuckDB's cursor dies with its
connection, every metric then fails, and the result reads like bad data. This dialect, a thin layer over
duckdb-sqlalchemy, takes the rows into memory as soon as a query has run. Checks return counts and a few rows, never
tables.
"""

from __future__ import annotations

import duckdb
from duckdb_sqlalchemy import ConnectionWrapper, Dialect, DuckDBExecutionContext
from sqlalchemy.dialects import registry
from sqlalchemy.engine.cursor import FullyBufferedCursorFetchStrategy
from sqlalchemy.pool import StaticPool

URL = "duckdb+buffered:///:memory:"  # names the dialect; the connection itself is handed over by engine_arguments


class BufferedExecutionContext(DuckDBExecutionContext):
    def post_exec(self) -> None:
        super().post_exec()
        description = self.cursor.description
        if description:
            self.cursor_fetch_strategy = FullyBufferedCursorFetchStrategy(
                self.cursor, description, self.cursor.fetchall()
            )


class BufferedDialect(Dialect):
    execution_ctx_cls = BufferedExecutionContext
    supports_statement_cache = True


registry.register("duckdb.buffered", __name__, "BufferedDialect")


def engine_arguments(connection: duckdb.DuckDBPyConnection) -> dict:
    """Arguments for sqlalchemy.create_engine(URL, ...) that make every query run on a cursor of `connection`."""
    return {"creator": lambda: ConnectionWrapper(connection.cursor()), "poolclass": StaticPool}
