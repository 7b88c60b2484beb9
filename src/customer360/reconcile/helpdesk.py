"""The helpdesk's side of a reconciliation, over Zendesk's API.

Its lists and counts leave archived tickets out, and an automation changes a ticket without moving `updated_at`. So
neither a count nor `updated_at` can be compared: the incremental exports are read again (from `since`, by the time the
helpdesk generated a record), since they hold archived tickets and follow automations. What an export does not give is
asked for by id before it is taken for deleted. A ticket whose status is deleted is gone, though it can be read.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from customer360.config import Settings
from customer360.errors import SourceError
from customer360.reconcile.comparison import Period
from customer360.reconcile.judgement import Evidence
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import TABLES, Table
from customer360.sources.helpdesk_api import Helpdesk
from customer360.sources.landing import Progress, Ticker, scratch_connection
from customer360.sources.tickets import as_table, epoch
from customer360.warehouse import reading, utc_now

PAGES_PER_FILE = 20


class Tickets:
    is_state = True

    def __init__(self, settings: Settings, folder: Path, progress: Progress):
        self.settings, self.folder, self.progress = settings, folder, progress
        self.helpdesk = Helpdesk(settings.required("helpdesk_url"), settings.required("helpdesk_token"))
        self.scratch = scratch_connection(folder, memory_limit=settings.memory_limit)
        self.read_at: dict[str, datetime] = {}

    def relation(self, table: Table, period: Period) -> tuple[str, dict[str, str]] | None:
        """The records of the export, each as it came last."""
        self.read_at[table.name] = utc_now()
        files = self._export(table, period)
        if not files and period.since:
            return None
        if not files:
            raise SourceError(
                f"helpdesk.{table.name}: the helpdesk gives no {table.name} at all, though some were loaded. "
                "Nothing is compared: has the token lost its rights?"
            )
        names = ", ".join(literal(str(file)) for file in files)
        gone = "where lower(trim(status)) <> 'deleted'" if table.name == "tickets" else ""
        self.scratch.execute(f"""
            create or replace table {quoted(table.name)} as
            select * exclude (place) from (
                select * exclude (place), place from (
                    select *, row_number() over () as place from read_parquet([{names}], union_by_name = true)
                ) qualify row_number() over (partition by id order by place desc) = 1
            ) {gone} order by place
        """)
        columns = self.scratch.execute(f"describe {quoted(table.name)}").fetchall()
        return quoted(table.name), {name: type_ for name, type_, *_ in columns}

    def read(self, statement: str) -> None:
        self.scratch.execute(statement)

    def evidence(self, table: Table, candidates: list[tuple[str, str | None]]) -> Evidence:
        """What the export gave of these records; of the others, which the helpdesk still has."""
        file = self.folder / f"{table.name}-keyed.parquet"
        keys = [key for key, _ in candidates]
        wanted = f"from {quoted(table.name)} where trim(id) in (select key from candidates)"
        (rows,) = self.scratch.execute(f"copy ({wanted}) to {literal(str(file))} (format parquet)").fetchone()
        given = {key for (key,) in self.scratch.execute(f"select trim(id) from {quoted(table.name)}").fetchall()}
        present = self._present(table, [key for key in keys if key not in given])
        return Evidence([file] if rows else [], present, self.read_at[table.name], keys)

    def source_count(self, table: Table, watermark: datetime) -> int | None:
        return self.helpdesk.count(table)

    def _export(self, table: Table, period: Period) -> list[Path]:
        start = {"start_time": str(epoch(period.since) if period.since else 0)}
        ticker = Ticker(self.progress, f"helpdesk.{table.name}")
        files, records = [], []

        def write() -> None:
            nonlocal records
            if records:
                files.append(self.folder / f"{table.name}-export-{len(files)}.parquet")
                pq.write_table(as_table(table, records), files[-1])
            records = []

        for number, page in enumerate(self.helpdesk.pages(table, start), start=1):
            records += page.records
            ticker.add(len(page.records))
            if number % PAGES_PER_FILE == 0:
                write()
        write()
        return files

    def _present(self, table: Table, keys: list[str]) -> frozenset[str]:
        """Which of these the helpdesk still has. An event has no address of its own: it goes when its ticket goes."""
        if table.name != "ticket_events":
            return frozenset(self.helpdesk.present(table, keys))
        if not keys:
            return frozenset()
        with reading(self.settings, "look up the tickets of events") as warehouse:
            listed = ", ".join(map(literal, keys))
            rows = warehouse.execute(
                f"select id, ticket_id from raw.{table.raw_name} where id in ({listed})"
            ).fetchall()
        there = self.helpdesk.present(TABLES["helpdesk_tickets"], sorted({ticket for _, ticket in rows}))
        return frozenset(key for key, ticket in rows if ticket in there)
