"""The shop database: customers, orders and what belongs to them, from SQLite or PostgreSQL.

    CUSTOMER360_SHOP_URL=postgresql://user:password@host/shop customer360 pull orders

Rows come in windows of `updated_at` of about a million rows; while one is written to raw, the next is fetched, never
more than that. A pull goes back LAG behind the watermark, since a transaction that took long may commit an older
`updated_at`; what did not change is not appended again.
"""

from __future__ import annotations

from collections.abc import Collection
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from customer360.config import Settings
from customer360.errors import SettingError, SourceError, one_source_error
from customer360.sources import databases, drift, raw
from customer360.sources.contract import PULLS, Table
from customer360.sources.databases import Database, SourceColumn, connect
from customer360.sources.landed import check_names
from customer360.sources.landing import Progress, Ticker, landing_folder, say_loaded
from customer360.sources.payment_data import looks_like_payment_data
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

LAG = timedelta(days=3)


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load what changed in the shop database into raw; returns the loads, one per table and window.

    since, until: naive UTC, since < updated_at <= until; None goes on from the watermark minus LAG / to the end. Raises
    SourceError after every table that could be loaded was.
    """
    url = shop_url(settings)
    problems = []
    with landing_folder(settings, "orders") as folder:
        with raw.recorded_failure(settings, PULLS["orders"], run_id):
            database = connect(url, folder)
        with reading(settings, "look up the watermarks of the shop") as warehouse:
            watermarks = {table.name: raw.position(warehouse, table)[0] for table in PULLS["orders"]}
            came_before = {table.name: drift.filled_columns(warehouse, table) for table in PULLS["orders"]}
        with ThreadPoolExecutor(1) as writer:  # at its end it waits for a write that has begun, whatever happened
            pull_ = _Pull(settings, database, folder, run_id, since, until, progress, writer)
            for table in PULLS["orders"]:
                started_at = utc_now()
                try:
                    pull_.table(table, watermarks[table.name], came_before[table.name])
                except SourceError as error:
                    problems.append(error)
                    progress(f"shop.{table.name}: not loaded. {error}")
                    pull_.commit()
                    pull_.settle()
                    pull_.loads += raw.record_failure(
                        settings, [table], run_id=run_id, started_at=started_at, message=str(error)
                    )
            pull_.commit()
            pull_.settle()
        for delivery, error in pull_.refused.values():
            problems.append(error)
            progress(f"{error}")
            pull_.loads += raw.record_failure(
                settings, [delivery.table], run_id=run_id, started_at=delivery.started_at, message=str(error)
            )
        for table in PULLS["orders"]:
            if mine := [load for load in pull_.loads if load.source_table == table.name and load.status == "succeeded"]:
                say_loaded(progress, table, mine)
    if problems:
        raise one_source_error(problems)
    return pull_.loads


@dataclass
class _Pull:
    settings: Settings
    database: Database
    folder: Path
    run_id: str | None
    since: datetime | None
    until: datetime | None
    progress: Progress
    writer: ThreadPoolExecutor
    loads: list[Load] = field(default_factory=list)
    fetched: list[raw.Delivery] = field(default_factory=list)
    rows_fetched: int = 0
    refused: dict[str, tuple[raw.Delivery, SourceError]] = field(default_factory=dict)
    being_written: Future[list[Load]] | None = None

    def table(self, table: Table, watermark: datetime | None, came_before: set[str]) -> None:
        """Pull one table, window by window. Small tables are committed together, large windows one by one."""
        columns, message = readable_columns(self.database, table, came_before)
        if message:
            self.progress(f"shop.{table.name}: {message}")
        since = self.since if self.since is not None else (watermark - LAG if watermark else None)
        plan = self.database.plan(table, columns, since, self.until)
        ticker = Ticker(self.progress, f"shop.{table.name}")
        for number, window in enumerate(plan.windows):
            delivery = raw.Delivery(
                table,
                [self.folder / f"{table.name}-{number}.parquet"],
                run_id=self.run_id,
                since=self.since,
                until=self.until,
                source_count=plan.row_count,
                message=message,
            )
            rows = self.database.fetch(table, plan.columns, window, delivery.files[0])
            self.fetched.append(delivery)
            self.rows_fetched += rows
            ticker.add(rows)
            if self.rows_fetched >= databases.ROWS_PER_WINDOW:
                self.commit()

    def commit(self) -> None:
        """Begin to write what was fetched so far to raw, once the write before is done."""
        self.settle()
        # Behind a window that was refused nothing more of its table is written: the watermark must not pass it.
        good = [delivery for delivery in self.fetched if delivery.table.name not in self.refused]
        self.being_written = self.writer.submit(raw.write, self.settings, good, refused=self._refused)
        self.fetched, self.rows_fetched = [], 0

    def _refused(self, delivery: raw.Delivery, error: SourceError) -> None:
        self.refused[delivery.table.name] = delivery, error

    def settle(self) -> None:
        """Wait for the write that goes on; raises what it raised."""
        if self.being_written:
            written, self.being_written = self.being_written, None
            self.loads += written.result()


def readable_columns(
    database: Database, table: Table, came_before: Collection[str] = ()
) -> tuple[dict[str, SourceColumn], str | None]:
    """The columns that may be read, and a word about those that may not: they look like card or bank numbers.

    Raises SourceError when the contract's are missing or cannot hold what it asks for.
    """
    columns = database.columns(table)
    try:
        check_names(list(columns))
    except SourceError as error:
        raise SourceError(f"{table.source}.{table.name}: the table {error}. Give the warehouse a view.") from None
    refused = sorted(
        name
        for name in columns
        if looks_like_payment_data(table, name, lambda name, rows: database.sample(table, name, rows))
    )
    columns = {name: column for name, column in columns.items() if name not in refused}
    types = {name.lower(): column.duckdb_type for name, column in columns.items()}
    drift.check_columns(table, types, came_before=came_before)
    return columns, f"not read, looks like card or bank numbers: {', '.join(refused)}" if refused else None


def shop_url(settings: Settings) -> URL:
    """CUSTOMER360_SHOP_URL, understood; raises SettingError, which never shows it, since it may hold a password."""
    try:
        url = make_url(settings.required("shop_url"))
    except (ArgumentError, ValueError):
        raise SettingError(
            "CUSTOMER360_SHOP_URL is not a database URL; write sqlite:////path/file or postgresql://user:password@host/db."
        ) from None
    if url.get_backend_name() not in ("sqlite", "postgresql"):
        raise SettingError(
            f"CUSTOMER360_SHOP_URL begins with {url.drivername}://; the shop is read from sqlite:// or postgresql://."
        )
    return url
