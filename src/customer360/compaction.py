"""The warehouse written anew, so that its file is no larger than what it holds and holds nothing that was deleted.

DuckDB fills the room of deleted rows again, but never gives it back, and what was deleted stays readable in it. A fresh
copy has neither. It is made aside, compared with the old one, and takes its place in one step, under the writer's lock.
"""

from __future__ import annotations

from dataclasses import dataclass

import duckdb

from customer360.config import Settings
from customer360.durable import flush, rename
from customer360.errors import WarehouseDamagedError
from customer360.sources.casting import literal
from customer360.warehouse_file import beside, create, log_of, remove_file

LEAST_FREE_SHARE = 0.3
LEAST_FREE_BYTES = 64 << 20


@dataclass(frozen=True)
class Compacted:
    """Bytes of the file before and after; equal when it was left as it is."""

    before: int
    after: int

    def __str__(self) -> str:
        if self.before == self.after:
            return f"{self.before / 1e6:,.1f} MB, little of it empty: left as it is"
        return f"written anew, {self.before / 1e6:,.1f} MB before, {self.after / 1e6:,.1f} MB now"


def compact(connection: duckdb.DuckDBPyConnection, settings: Settings, *, always: bool = False) -> Compacted:
    """Write the warehouse anew when a good share of its file is empty (or `always`); closes `connection` then.

    `connection` is the one and only to the warehouse, under the writer's lock, with nothing uncommitted.
    """
    connection.execute("checkpoint")
    before = settings.warehouse.stat().st_size
    if not always and not _much_is_empty(connection):
        return Compacted(before, before)
    fresh = beside(settings, "compacting")
    remove_file(fresh)
    try:
        (name,) = connection.execute("select current_database()").fetchone()
        create(fresh)
        connection.execute(f"attach {literal(str(fresh))} as fresh")
        connection.execute(f"copy from database {name} to fresh")
        _copy_comments(connection, name)
        _require_equal(connection, name)
        connection.execute("detach fresh")
        flush(fresh)
        connection.close()
        if log_of(settings.warehouse).exists():
            raise WarehouseDamagedError(f"{settings.warehouse} has a log that was not written into it; left as it is.")
        rename(fresh, settings.warehouse)
    except BaseException:
        remove_file(fresh)
        raise
    return Compacted(before, settings.warehouse.stat().st_size)


def _much_is_empty(connection: duckdb.DuckDBPyConnection) -> bool:
    block_size, total, free = connection.execute(
        "select block_size, total_blocks, free_blocks from pragma_database_size() "
        "where database_name = current_database()"
    ).fetchone()
    return free * block_size >= LEAST_FREE_BYTES and free >= LEAST_FREE_SHARE * total


def _copy_comments(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """The descriptions of tables and columns, which COPY FROM DATABASE leaves behind in some versions."""
    for schema, table, column, comment in connection.execute(
        f"""
        select schema_name, table_name, null, comment from duckdb_tables()
        where database_name = '{name}' and comment is not null
        union all
        select schema_name, table_name, column_name, comment from duckdb_columns()
        where database_name = '{name}' and comment is not null
            and (schema_name, table_name) in (select (schema_name, table_name) from duckdb_tables())
        """
    ).fetchall():
        what = f'fresh."{schema}"."{table}"'
        what = f'column {what}."{column}"' if column else f"table {what}"
        connection.execute(f"comment on {what} is {literal(comment)}")


def _require_equal(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Every table, view and constraint is there, and every table has as many rows and the same of them."""
    for listing in (
        "select schema_name, table_name, sql, comment from duckdb_tables() where database_name = '{}'",
        "select schema_name, view_name, sql, comment from duckdb_views() where database_name = '{}' and not internal",
        "select schema_name, table_name, column_name, comment from duckdb_columns() where database_name = '{}'",
    ):
        ours, theirs = (set(connection.execute(listing.format(each)).fetchall()) for each in (name, "fresh"))
        if ours != theirs:
            differs = ".".join(next(iter(ours ^ theirs))[:2])
            raise WarehouseDamagedError(f"The copy of the warehouse has another {differs}; nothing was changed.")
    tables = connection.execute(
        f"select schema_name, table_name from duckdb_tables() where database_name = '{name}'"
    ).fetchall()
    for schema, table in tables:
        content = 'select count(*), sum(hash(t)::hugeint) from {}."{}"."{}" t'
        ours, theirs = (connection.execute(content.format(each, schema, table)).fetchone() for each in (name, "fresh"))
        if ours != theirs:
            raise WarehouseDamagedError(
                f"The copy of {schema}.{table} is not what the table holds; nothing was changed."
            )
