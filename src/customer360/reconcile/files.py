"""Folders of files in a reconciliation: what the files say now against what raw took in.

Files are deliveries, not a state: a file that is gone, or a record that is in no file any more, was delivered once
and counts. So nothing is ever deleted here. Each row of a file that is there and was loaded must be a version in raw; a
file that changed behind its name, size and time shows in its rows. A file that no pull has met is left to the pull.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from customer360.config import Settings
from customer360.reconcile.comparison import Period
from customer360.reconcile.judgement import Evidence
from customer360.sources import files, folders, members, ticket_files
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import Table
from customer360.sources.landing import Progress, scratch_connection
from customer360.sources.ticket_tables import MADE_OF
from customer360.warehouse import reading, utc_now


class _Files:
    is_state = False
    source: str

    def __init__(self, settings: Settings, folder: Path, progress: Progress):
        self.settings, self.folder, self.progress = settings, folder, progress
        self.scratch = scratch_connection(folder, memory_limit=settings.memory_limit)
        self.read_at: dict[str, datetime] = {}
        with reading(settings, f"look up the files of {self.source} that are loaded") as warehouse:
            rows = warehouse.execute(
                f"select path, version, source_table from ops.source_files where source_system = '{self.source}'"
            ).fetchall()
        self.loaded = {(path, version) for path, version, _ in rows}
        self.tables = {path: name for path, _, name in rows}

    def landed(self, table: Table) -> list[Path]:
        """The rows of the table's files as Parquet."""
        raise NotImplementedError

    def relation(self, table: Table, period: Period) -> tuple[str, dict[str, str]] | None:
        self.read_at[table.name] = utc_now()
        if not (landed := self.landed(table)):
            return None
        names = ", ".join(literal(str(file)) for file in landed)
        self.scratch.execute(
            f"create or replace table {quoted(table.name)} as from read_parquet([{names}], union_by_name = true)"
        )
        columns = self.scratch.execute(f"describe {quoted(table.name)}").fetchall()
        return quoted(table.name), {name: type_ for name, type_, *_ in columns}

    def read(self, statement: str) -> None:
        self.scratch.execute(statement)

    def evidence(self, table: Table, candidates: list[tuple[str, str | None]]) -> Evidence:
        """All rows of these records in the files."""
        file = self.folder / f"{table.name}-keyed.parquet"
        keys = sorted({key for key, _ in candidates})
        key = f"trim(cast({quoted(table.key)} as varchar))"
        self.scratch.execute(
            f"copy (from {quoted(table.name)} where {key} in (select key from candidates)) "
            f"to {literal(str(file))} (format parquet)"
        )
        return Evidence([file], frozenset(), self.read_at[table.name], keys)

    def source_count(self, table: Table, watermark: datetime) -> int | None:
        return None  # counted by record ids, as a pull of files does

    def say_vanished(self, table: Table, there: set[str]) -> None:
        gone = [path for path, name in self.tables.items() if name == table.name and path not in there]
        if gone:
            said = f"{len(gone)} files that were loaded are no longer in the folder; what they brought stays"
            self.progress(f"{self.source}.{table.name}: {said}")


class MemberFiles(_Files):
    source = "membership"

    def __init__(self, settings: Settings, folder: Path, progress: Progress):
        super().__init__(settings, folder, progress)
        self.filesystem, self.found = members.listed(settings.required("members_url").rstrip("/"), progress)

    def landed(self, table: Table) -> list[Path]:
        mine = [file for file in self.found if file.table is table]
        self.say_vanished(table, {file.name for file in mine})
        landed: dict[str, Path] = {}
        for file in mine:
            if (file.name, file.version) not in self.loaded:
                self.progress(f"membership.{table.name}: {file.name} is new or changed; the next pull loads it")
                continue
            copy, limit = self.folder / "fetched", self.settings.max_file_bytes
            try:
                sha256 = folders.fetch(self.filesystem, file.path, copy, limit=limit)
                if sha256 in landed:
                    continue
                target = self.folder / f"{sha256}.parquet"
                result = files.land(self.scratch, table, copy, file.name, target, limit=limit)
            except files.HalfWrittenError as error:
                self.progress(f"membership.{table.name}: {file.name} is left out: {error}")
                continue
            if result.file:
                landed[sha256] = result.file
        return list(landed.values())


class HelpdeskFiles(_Files):
    source = "helpdesk"

    def __init__(self, settings: Settings, folder: Path, progress: Progress):
        super().__init__(settings, folder, progress)
        url = settings.required("helpdesk_url").rstrip("/")
        filesystem, self.delivered = ticket_files.delivered_files(url, progress)
        self.records = ticket_files.Records(settings, filesystem, folder, self.scratch, None, None, None, progress)

    def landed(self, table: Table) -> list[Path]:
        mine = [entry for name in MADE_OF[table.name] for entry in self.delivered.get(name, ())]
        self.say_vanished(table, {entry.name for entry in mine})
        if not mine:
            return []
        if new := [entry.name for entry in mine if (entry.name, entry.version) not in self.loaded]:
            self.progress(f"helpdesk.{table.name}: {len(new)} files are new or changed; pull first, then reconcile")
            return []
        return [self.records.land(table, self.delivered)]
