"""The helpdesk from a copy that somebody else keeps: a folder with the tables of a Zendesk connector as files.

    CUSTOMER360_HELPDESK_URL=s3://bucket/zendesk customer360 pull tickets

Tables as Fivetran's connector writes them: ticket, ticket_comment, ticket_field_history, ticket_tag, user, group,
satisfaction_rating; each in files named `<table>.csv`, `.jsonl` or `.parquet` (optionally `.gz`, `ticket_data.csv` and
`ticket_comment_2026-01.csv` too), with all of its rows, not only the new ones. They become the records that the API
would have given: what one person wrote and changed on a ticket at one moment is one ticket event.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import duckdb
from fsspec import AbstractFileSystem

from customer360.config import Settings
from customer360.errors import SourceError
from customer360.sources import files, folders, raw
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import PULLS, Column, Table
from customer360.sources.landing import Progress, landing_folder, say_loaded, scratch_connection
from customer360.sources.raw import Load
from customer360.sources.ticket_tables import COLUMNS, MADE_OF, RECORDS
from customer360.warehouse import reading, utc_now

REQUIRED = "ticket"


def is_folder(url: str) -> bool:
    """Whether the helpdesk is a folder rather than a web address."""
    return url.startswith(("s3://", "file://", "/", "~", ".")) or Path(url).is_dir()


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load the helpdesk's tables whose files changed into raw; returns the loads, one per table of the contract.

    since, until: naive UTC; records last changed in that window are loaded, whether or not a file changed. Raises
    SourceError after everything that could be loaded was.
    """
    started_at, problems = utc_now(), []
    with landing_folder(settings, "tickets") as folder:
        with raw.recorded_failure(settings, PULLS["tickets"], run_id):
            filesystem, delivered = delivered_files(settings.required("helpdesk_url").rstrip("/"), progress)
        with reading(settings, "look up the helpdesk's files that are loaded") as warehouse:
            rows = warehouse.execute("select path, version from ops.source_files where source_system = 'helpdesk'")
            done = set(rows.fetchall())
        pull_ = Records(
            settings,
            filesystem,
            folder,
            scratch_connection(folder, memory_limit=settings.memory_limit),
            run_id,
            since,
            until,
            progress,
        )
        loads = []
        for table in PULLS["tickets"]:
            due = [entry for name in MADE_OF[table.name] for entry in delivered.get(name, ())]
            is_new = any((entry.name, entry.version) not in done for entry in due)
            try:
                loads += pull_.table(table, delivered if is_new or since or until else {}, due)
            except SourceError as error:
                problems.append(f"helpdesk.{table.name}: {error}")
                message = problems[-1]
                loads += raw.record_failure(settings, [table], run_id=run_id, started_at=started_at, message=message)
    if problems:
        raise SourceError("\n".join(problems))
    return loads


@dataclass
class Records:
    settings: Settings
    filesystem: AbstractFileSystem
    folder: Path
    scratch: duckdb.DuckDBPyConnection
    run_id: str | None
    since: datetime | None
    until: datetime | None
    progress: Progress
    unreadable: list[raw.Unreadable] = field(default_factory=list)
    contents: list[tuple[folders.Entry, str, int]] = field(default_factory=list)  # file, fingerprint, rows

    def table(self, table: Table, delivered: dict[str, list[folders.Entry]], due: list[folders.Entry]) -> list[Load]:
        """Load one table of the contract from the connector's tables it is made of; nothing where none changed."""
        started_at, self.unreadable, self.contents = utc_now(), [], []
        files_ = [self.land(table, delivered)] if delivered and due else []

        def remember(warehouse, load_id: str) -> None:
            for entry, sha256, rows in self.contents:
                row = [table.source, table.name, entry.name, entry.version, sha256, entry.bytes, rows]
                warehouse.execute(
                    "insert or replace into ops.source_files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [*row, load_id, utc_now(), None],
                )

        delivery = raw.Delivery(
            table,
            files_,
            run_id=self.run_id,
            started_at=started_at,
            since=self.since,
            until=self.until,
            counts_keys=True,
            admit=lambda warehouse: (files_, self.unreadable),
            also=remember,
        )
        loads = raw.write(self.settings, [delivery])
        say_loaded(self.progress, table, loads)
        return loads

    def land(self, table: Table, delivered: dict[str, list[folders.Entry]]) -> Path:
        """The records of one table of the contract, put together from the files as they are now."""
        target = self.folder / f"{table.name}.parquet"
        for name in MADE_OF[table.name]:
            self._read(name, delivered.get(name, ()))
        window = " and ".join(
            f"try_cast(updated_at as timestamp) {comparison} timestamp '{moment}'"
            for comparison, moment in ((">", self.since), ("<=", self.until))
            if moment
        )
        query = f"select * from ({RECORDS[table.name]}) as records where {window or 'true'}"
        self.scratch.execute(f"copy ({query}) to {literal(str(target))} (format parquet)")
        return target

    def _read(self, name: str, entries: list[folders.Entry]) -> None:
        """Make the view `name` of all its files, with every column that the records are made of as text."""
        landed, limit = [], self.settings.max_file_bytes
        for entry in entries:
            copy, target = self.folder / "fetched", self.folder / f"{name}-{len(landed)}.parquet"
            try:
                sha256 = folders.fetch(self.filesystem, entry.path, copy, limit=limit)
                found = files.land(self.scratch, _shape(name), copy, entry.name, target, limit=limit)
            except files.HalfWrittenError as error:
                raise SourceError(f"{entry.name} is left for the next pull: {error}") from None
            except SourceError as error:
                raise SourceError(f"{entry.name} {error}") from None
            for note in found.notes:
                self.progress(f"helpdesk: {entry.name} {note}")
            self.unreadable += found.unreadable
            self.contents.append((entry, sha256, found.rows))
            landed += [target] if found.file else []
        wanted = COLUMNS[name]
        if not landed:
            empty = ", ".join(f"null::varchar as {quoted(column)}" for column in [*wanted, "_source_file"])
            self.scratch.execute(f"create or replace view {quoted(name)} as select {empty}, null as custom where false")
            return
        parquet = f"read_parquet([{', '.join(literal(str(file)) for file in landed)}], union_by_name = true)"
        present = {row[0].lower() for row in self.scratch.execute(f"describe from {parquet}").fetchall()}
        columns = [
            f"nullif(trim({quoted(column)}::varchar), '') as {quoted(column)}"
            if column in present
            else f"null::varchar as {quoted(column)}"
            for column in wanted
        ]
        own = sorted(column for column in present if column.startswith("custom_"))
        pairs = [f"{{'id': {literal(column)}, 'value': {quoted(column)}::varchar}}" for column in own]
        custom = f"to_json([{', '.join(pairs)}])" if own else "null::json"
        self.scratch.execute(
            f"create or replace view {quoted(name)} as "
            f"select {', '.join(columns)}, _source_file, {custom} as custom from {parquet}"
        )


def _shape(name: str) -> Table:
    """A connector's table in the form of the contract, for the reader of files."""
    return Table("helpdesk", name, tuple(Column(column, "text", required=False) for column in COLUMNS[name]))


def delivered_files(url: str, progress: Progress) -> tuple[AbstractFileSystem, dict[str, list[folders.Entry]]]:
    filesystem, entries = folders.listed(url, "helpdesk", "CUSTOMER360_HELPDESK_URL", progress)
    found: dict[str, list[folders.Entry]] = {}
    others = []
    for entry in entries:
        if name := _table_of(entry.base):
            found.setdefault(name, []).append(entry)
        else:
            others.append(entry.name)
    if others:
        progress(f"helpdesk: ignored, since they hold none of the tables that are read: {', '.join(others)}")
    if REQUIRED not in found:
        raise SourceError(
            f"helpdesk: {url} holds no file of the table {REQUIRED}, such as {REQUIRED}.csv. "
            f"Check CUSTOMER360_HELPDESK_URL; docs/source_contract.md names the tables."
        )
    for name in COLUMNS:
        if name not in found:
            progress(f"helpdesk: there is no file of the table {name}; what it would tell stays empty")
    return filesystem, found


def _table_of(base: str) -> str | None:
    """ticket_comment_2026-01.csv.gz → ticket_comment; None for the connector's other tables."""
    if files.kind_of(base) is None:
        return None
    stem = re.sub(r"(\.(csv|jsonl|parquet))?(\.gz)?$", "", base.lower())
    return next((name for name in COLUMNS if re.fullmatch(rf"{name}s?(_data)?([-_.]\d.*|__.*)?", stem)), None)
