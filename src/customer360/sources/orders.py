"""The shop database: customers, orders and what belongs to them, from SQLite or PostgreSQL.

    CUSTOMER360_SHOP_URL=postgresql://user:password@host/shop customer360 pull orders

Rows come in windows of `updated_at` of about a million rows, each committed before the next is fetched. A pull goes
back LAG behind the watermark, since a transaction that took long may commit an older `updated_at`; what did not
change is not appended again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from customer360.config import Settings
from customer360.errors import SettingError, SourceError
from customer360.sources import raw
from customer360.sources.contract import PULLS, Table
from customer360.sources.databases import Database, connect
from customer360.sources.landing import Progress, Ticker, landing_folder
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
    loads, problems = [], []
    with landing_folder(settings, "orders") as folder:
        with raw.recorded_failure(settings, PULLS["orders"], run_id):
            database = connect(url, folder)
        pull_ = _Pull(settings, database, folder, run_id, since, until, progress)
        with reading(settings, "look up the watermarks of the shop") as warehouse:
            watermarks = {table.name: raw.position(warehouse, table)[0] for table in PULLS["orders"]}
        for table in PULLS["orders"]:
            started_at = utc_now()
            try:
                pull_.table(table, watermarks[table.name], loads)
            except SourceError as error:
                problems.append(str(error))
                loads += raw.record_failure(settings, [table], run_id=run_id, started_at=started_at, message=str(error))
                progress(f"shop.{table.name}: not loaded. {error}")
    if problems:
        raise SourceError("\n".join(problems))
    return loads


@dataclass(frozen=True)
class _Pull:
    settings: Settings
    database: Database
    folder: Path
    run_id: str | None
    since: datetime | None
    until: datetime | None
    progress: Progress

    def table(self, table: Table, watermark: datetime | None, loads: list[Load]) -> None:
        """Pull one table, window by window; appends to `loads` as they are committed."""
        columns = self.database.columns(table)
        refused = sorted(
            name
            for name in columns
            if looks_like_payment_data(table, name, lambda name, rows: self.database.sample(table, name, rows))
        )
        message = f"not read, looks like card or bank numbers: {', '.join(refused)}" if refused else None
        if message:
            self.progress(f"shop.{table.name}: {message}")
        columns = {name: column for name, column in columns.items() if name not in refused}
        raw.check_columns(table, {name.lower(): column.duckdb_type for name, column in columns.items()})
        since = self.since if self.since is not None else (watermark - LAG if watermark else None)
        count, windows = self.database.plan(table, columns, since, self.until)
        ticker, mine = Ticker(self.progress, f"shop.{table.name}"), []
        for number, window in enumerate(windows):
            started_at, file = utc_now(), self.folder / f"{table.name}-{number}.parquet"
            self.database.fetch(table, columns, window, file)
            load = raw.write(
                self.settings,
                table,
                [file],
                run_id=self.run_id,
                started_at=started_at,
                since=self.since,
                until=self.until,
                source_count=count,
                message=message,
            )
            file.unlink()
            mine.append(load)
            loads.append(load)
            ticker.add(load.rows_read)
        ticker.end(mine)


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
