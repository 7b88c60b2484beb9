"""The membership system: a folder of CSV, JSON lines or Parquet files, on this machine or in S3.

    CUSTOMER360_MEMBERS_URL=s3://bucket/members customer360 pull members

Files are named `<table>*.{csv,jsonl,parquet}`, optionally with `.gz`. Each content is loaded once, whatever its name:
what was loaded is remembered in `ops.source_files` by fingerprint, in the transaction that loads it. A file that
changed is read again, one that is still being written is left for the next pull. S3 takes the usual AWS variables,
AWS_ENDPOINT_URL among them.
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
from customer360.sources import drift, files, folders, raw
from customer360.sources.casting import literal
from customer360.sources.contract import PULLS, Table
from customer360.sources.landing import Progress, Ticker, landing_folder, say_loaded, scratch_connection
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

FILES_PER_STEP = 100
BYTES_PER_STEP = 256 << 20


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load the files that are new into raw; returns the loads, one per table and up to FILES_PER_STEP files.

    since, until: naive UTC; files last changed in that window are read again, also when they were loaded before. New
    files are always loaded: files come late. Raises SourceError after every file that could be loaded was.
    """
    url = settings.required("members_url").rstrip("/")
    started_at, refused = utc_now(), []
    with landing_folder(settings, "members") as folder:
        with raw.recorded_failure(settings, PULLS["members"], run_id):
            filesystem, found = listed(url, progress)
        with reading(settings, "look up the member files that are loaded") as warehouse:
            done, contents = _remembered(warehouse)
            came_before = {table.name: drift.filled_columns(warehouse, table) for table in PULLS["members"]}
        again = _Window(since, until)
        pull_ = _Pull(
            settings,
            filesystem,
            folder,
            scratch_connection(folder, memory_limit=settings.memory_limit),
            run_id,
            again,
            contents,
            came_before,
            progress,
        )
        for table in PULLS["members"]:
            due = [
                file
                for file in found
                if file.table is table and ((file.name, file.version) not in done or again.has(file))
            ]
            pull_.table(table, due)
        pull_.commit()
        for table in PULLS["members"]:
            say_loaded(progress, table, [load for load in pull_.loads if load.source_table == table.name])
            if problems := pull_.problems.get(table.name):
                refused += problems
                pull_.loads += raw.record_failure(
                    settings, [table], run_id=run_id, started_at=started_at, message="\n".join(problems)
                )
    if refused:
        raise SourceError("\n".join(refused))
    return pull_.loads


@dataclass
class SourceFile:
    """One file of the folder. `version` changes when its content may have changed (ETag, or time of change)."""

    table: Table
    path: str
    name: str  # relative to the folder
    bytes: int
    version: str
    changed_at: datetime | None
    sha256: str = ""
    landed: files.Landed = field(default_factory=lambda: files.Landed(None))


@dataclass(frozen=True)
class _Window:
    """When files to be read again were last changed; empty when no window was asked for."""

    since: datetime | None
    until: datetime | None

    def __bool__(self) -> bool:
        return self.since is not None

    def has(self, file: SourceFile) -> bool:
        if self.since is None or file.changed_at is None:
            return False
        return self.since <= file.changed_at and (self.until is None or file.changed_at <= self.until)


@dataclass
class _Pull:
    settings: Settings
    filesystem: AbstractFileSystem
    folder: Path
    scratch: duckdb.DuckDBPyConnection
    run_id: str | None
    again: _Window
    contents: dict[str, str]  # fingerprint → the name under which that content is loaded
    came_before: dict[str, set[str]]  # table → its columns that held something at some time
    progress: Progress
    loads: list[Load] = field(default_factory=list)
    problems: dict[str, list[str]] = field(default_factory=dict)
    fetched: list[raw.Delivery] = field(default_factory=list)
    bytes_fetched: int = 0

    def table(self, table: Table, due: list[SourceFile]) -> None:
        """Read a table's files that are due; some of them at a time become one delivery."""
        started_at, step, notes = utc_now(), [], []
        ticker = Ticker(self.progress, f"membership.{table.name}")

        def note(text: str) -> None:
            notes.append(text)
            self.progress(f"membership.{table.name}: {text}")

        def deliver() -> None:
            nonlocal started_at, step
            self.fetched.append(self._delivery(table, step, started_at, "; ".join(notes) or None))
            self.bytes_fetched += sum(file.bytes for file in step)
            if self.bytes_fetched >= BYTES_PER_STEP:
                self.commit()
            started_at, step = utc_now(), []
            notes.clear()

        for file in due:
            if step and _is_full(step, file):
                deliver()
            try:
                self._land(file)
            except files.HalfWrittenError as error:
                note(f"{file.name} is left for the next pull: {error}")
                continue
            except SourceError as error:
                note(f"{file.name} is not loaded: it {error}")
                self.problems.setdefault(table.name, []).append(f"membership.{table.name}: {file.name} {error}")
                continue
            for text in file.landed.notes:
                note(f"{file.name} {text}")
            step.append(file)
            ticker.add(file.landed.rows)
        deliver()

    def commit(self) -> None:
        """Write what was read so far to raw."""
        self.loads += raw.write(self.settings, self.fetched, refused=self._refused)
        self.fetched, self.bytes_fetched = [], 0

    def _refused(self, delivery: raw.Delivery, error: SourceError) -> None:
        self.problems.setdefault(delivery.table.name, []).append(str(error))
        self.progress(str(error))

    def _land(self, file: SourceFile) -> None:
        """Fetch and read one file; raises HalfWrittenError or SourceError when it cannot be loaded."""
        copy = self.folder / "fetched"
        file.sha256 = folders.fetch(self.filesystem, file.path, copy, limit=self.settings.max_file_bytes)
        twin = self.contents.get(file.sha256, file.name)
        if twin != file.name:
            file.landed = files.Landed(None, notes=[f"is the same as {twin}, which is loaded"])
            return
        target = self.folder / f"{file.sha256}.parquet"
        file.landed = files.land(self.scratch, file.table, copy, file.name, target, limit=self.settings.max_file_bytes)
        if file.landed.file:
            columns = self.scratch.execute(f"describe from read_parquet({literal(str(target))})").fetchall()
            types = {name.lower(): type_ for name, type_, *_ in columns}
            self._check(file, types, f"read_parquet({literal(str(target))})")
        self.contents[file.sha256] = file.name

    def _check(self, file: SourceFile, types: dict[str, str], landed: str) -> None:
        """Compare a file with the contract and with what came before."""
        try:
            # JSON lines name a column only where it holds something.
            before = self.came_before[file.table.name] if files.kind_of(file.name)[0] != "jsonl" else ()
            lacking = drift.check_columns(file.table, types, came_before=before, may_lack=True)
            present = [
                (column, column.name, types[column.name]) for column in file.table.columns if column.name in types
            ]
            drift.check_values(self.scratch, file.table, present, landed)
        except SourceError as error:
            what = str(error).removeprefix(f"{file.table.source}.{file.table.name}: ")
            raise SourceError(f"breaks the contract: {what}") from None
        if lacking:
            file.landed.notes.append(f"lacks columns that came before: {', '.join(lacking)}")

    def _delivery(
        self, table: Table, step: list[SourceFile], started_at: datetime, message: str | None
    ) -> raw.Delivery:
        def admit(warehouse) -> tuple[list[Path], list[raw.Unreadable]]:
            """Under the lock: another pull may have loaded the same content meanwhile."""
            loaded = "select sha256 from ops.source_files where source_system = 'membership'"
            known = {row[0] for row in warehouse.execute(loaded).fetchall()}
            fresh = step if self.again else [file for file in step if file.sha256 not in known]
            return [file.landed.file for file in fresh if file.landed.file], [
                row for file in fresh for row in file.landed.unreadable
            ]

        def remember(warehouse, load_id: str) -> None:
            for file in step:
                row = [table.source, table.name, file.name, file.version, file.sha256, file.bytes, file.landed.rows]
                warehouse.execute(
                    "insert or replace into ops.source_files values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [*row, load_id, utc_now(), file.landed.header],
                )

        return raw.Delivery(
            table,
            [file.landed.file for file in step if file.landed.file],
            run_id=self.run_id,
            started_at=started_at,  # no window: new files are loaded whatever was asked for, so none leaves a gap
            counts_keys=True,
            message=message,
            admit=admit,
            also=remember,
        )


def _is_full(step: list[SourceFile], following: SourceFile) -> bool:
    """Whether a step is committed before `following` joins it: when it is large, or of another format."""
    return (
        len(step) >= FILES_PER_STEP
        or sum(file.bytes for file in step) >= BYTES_PER_STEP
        or files.kind_of(step[0].name)[0] != files.kind_of(following.name)[0]
    )


def listed(url: str, progress: Progress) -> tuple[AbstractFileSystem, list[SourceFile]]:
    """The files of the folder in order of name; says which are not ours or not finished."""
    filesystem, entries = folders.listed(url, "membership", "CUSTOMER360_MEMBERS_URL", progress)
    found = []
    for entry in entries:
        if (table := _table_of(entry.base)) is None:
            progress(f"membership: {entry.name} is not a file of the source contract, ignored")
        else:
            found.append(SourceFile(table, entry.path, entry.name, entry.bytes, entry.version, entry.changed_at))
    return filesystem, found


def _table_of(base: str) -> Table | None:
    """members_2026-01.csv → members: the name begins with the table's, and no letter follows."""
    if files.kind_of(base) is None:
        return None
    return next((table for table in PULLS["members"] if re.match(rf"{table.name}(?![a-z])", base.lower())), None)


def _remembered(warehouse: duckdb.DuckDBPyConnection) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """{(name, version)} of the files that were dealt with, {fingerprint: name} of the contents that were loaded."""
    rows = warehouse.execute(
        "select path, version, sha256 from ops.source_files where source_system = 'membership' order by loaded_at desc"
    ).fetchall()
    return {(path, version) for path, version, _ in rows}, {sha256: path for path, _, sha256 in rows}
