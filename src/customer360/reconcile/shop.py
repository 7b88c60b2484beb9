"""The shop's side of a reconciliation: tables of a database, read once as they are.

Rows stream through DuckDB's scanner and are hashed here, so that exactly what a load would make of them is compared. A
checksum inside the database would move less over the wire, but both engines would have to write every type alike;
`python -m bench.reconcile` shows what it would cost there.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from customer360.config import Settings
from customer360.reconcile.comparison import Period
from customer360.reconcile.judgement import Evidence
from customer360.sources.casting import constant
from customer360.sources.contract import Table
from customer360.sources.databases import Window, connect
from customer360.sources.landing import Progress
from customer360.sources.orders import readable_columns, shop_url
from customer360.warehouse import utc_now

KEYS_PER_QUERY = 5_000
READ_ALL_FROM = 100_000  # so many keys cost more one by one than the whole table


class Shop:
    is_state = True

    def __init__(self, settings: Settings, folder: Path, progress: Progress):
        self.folder, self.is_whole = folder, False
        self.database = connect(shop_url(settings), folder)
        self.scratch = self.database.connection
        self.scratch.execute(f"set memory_limit = '{settings.memory_limit}'")

    def relation(self, table: Table, period: Period) -> tuple[str, dict[str, str]]:
        """The rows of a table in the period, undated ones included; and its columns with their DuckDB types."""
        columns, _ = readable_columns(self.database, table)
        known = {column.name for column in table.columns}
        columns = {name: column for name, column in columns.items() if name.lower() in known}
        window, self.is_whole = Window(period.since, None, has_undated=True), period.since is None
        relation = self.database.rows(table, columns, window)
        return relation, {name: column.duckdb_type for name, column in columns.items()}

    def read(self, statement: str) -> None:
        """Run a statement that reads the database."""
        self.database.run(statement, "the tables cannot be compared")

    def evidence(self, table: Table, candidates: list[tuple[str, str | None]]) -> Evidence:
        """Every row that the database now has of these records, looked up by key."""
        fetched_at = utc_now()
        columns, _ = readable_columns(self.database, table)
        files = []
        for number, keys in enumerate(_chunks(candidates)):
            file = self.folder / f"{table.name}-keyed-{number}.parquet"
            self.database.fetch_keyed(table, columns, keys, file)
            files.append(file)
        return Evidence(files, frozenset(), fetched_at, [key for key, _ in candidates])

    def source_count(self, table: Table, watermark: datetime) -> int:
        """How many rows the database has of what raw should hold."""
        if self.is_whole:
            upto = f"is_refused or updated_at <= {constant(watermark)}"
            return self.scratch.execute(f"select count(*) from theirs where {upto}").fetchone()[0]
        columns = self.database.columns(table)
        return self.database.count(table, columns, Window(None, watermark, has_undated=True))


def _chunks(candidates: list[tuple[str, str | None]]) -> Iterator[list[str] | None]:
    """Keys as the source writes them and as raw does, some at a time; None for all rows."""
    keys = sorted({name for pair in candidates for name in pair if name is not None})
    if len(keys) >= READ_ALL_FROM:
        yield None
        return
    for start in range(0, len(keys), KEYS_PER_QUERY):
        yield keys[start : start + KEYS_PER_QUERY]
