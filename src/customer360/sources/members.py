"""The membership system: a folder of CSV, JSON lines or Parquet files, on this machine or in S3.

    CUSTOMER360_MEMBERS_URL=s3://bucket/members customer360 pull members

Files are named `<table>*.{csv,jsonl,parquet}`, optionally with `.gz`. Each content is loaded once, whatever its name: what was
loaded is remembered in `ops.source_files` by fingerprint, in the transaction that loads it. A file that changed is read again, one
that is still being written is left for the next pull. S3 takes the usual AWS variables, AWS_ENDPOINT_URL among them.
"""

from __future__ import annotations

import hashlib
import re
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from fsspec import AbstractFileSystem

from customer360.config import Settings
from customer360.errors import SourceError
from customer360.sources import files, raw
from customer360.sources.contract import PULLS, Table
from customer360.sources.landing import Progress, Ticker, landing_folder, scratch_connection
from customer360.sources.raw import Load
from customer360.warehouse import reading, utc_now

SETTLE_SECONDS = 2.0  # a local file that changed within this time is waited for
FILES_PER_STEP = 100
BYTES_PER_STEP = 256 << 20
_UNFINISHED = (".part", ".tmp", ".partial", ".crdownload", ".filepart", ".swp", "~")


def pull(
    settings: Settings,
    *,
    run_id: str | None,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list[Load]:
    """Load the files that are new into raw; returns the loads, one per table and up to FILES_PER_STEP files.

    since, until: naive UTC; files delivered (last changed) in that window are read again, also when they were loaded before.
    New files are always loaded: files come late. Raises SourceError after every file that could be loaded was.
    """
    url = settings.required("members_url").rstrip("/")
    problems, loads = [], []
    with landing_folder(settings, "members") as folder:
        filesystem, found, notes = _listed(url)
        for note in notes:
            progress(f"membership: {note}")
        with reading(settings, "look up the member files that are loaded") as warehouse:
            remembered, contents = _remembered(warehouse)
        connection = scratch_connection(folder)
        for table in PULLS["members"]:
            due = [file for file in found if file.table is table and _is_due(file, remembered, since, until)]
            loads += _pull_table(
                settings, connection, filesystem, table, due, contents, folder, run_id, since, until, progress, problems
            )
    if problems:
        raise SourceError("\n".join(problems))
    return loads


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
    landed: files.Landed | None = None


@dataclass
class _Step:
    """Files of one table and format that become one load."""

    files: list[SourceFile] = field(default_factory=list)

    @property
    def is_full(self) -> bool:
        return len(self.files) >= FILES_PER_STEP or sum(file.bytes for file in self.files) >= BYTES_PER_STEP


def _pull_table(
    settings, connection, filesystem, table, due, contents, folder, run_id, since, until, progress, problems
) -> list[Load]:
    loads, step, notes = [], _Step(), []
    ticker, started_at = Ticker(progress, f"membership.{table.name}"), utc_now()

    def note(text: str) -> None:
        notes.append(text)
        progress(f"membership.{table.name}: {text}")

    def commit() -> None:
        nonlocal step, started_at
        load = _write(
            settings,
            table,
            step.files,
            run_id,
            started_at,
            since,
            until,
            "; ".join(notes) or None,
            again=since is not None,
        )
        loads.append(load)
        ticker.add(load.rows_read)
        for file in step.files:
            if file.landed.file:
                file.landed.file.unlink(missing_ok=True)
        step, started_at = _Step(), utc_now()
        notes.clear()

    kind = None
    for number, file in enumerate(due):
        if step.files and (step.is_full or files.kind_of(file.name)[0] != kind):
            commit()
        kind = files.kind_of(file.name)[0]
        try:
            local = _fetched(filesystem, file, folder)
            twin = contents.get(file.sha256, file.name)
            if twin != file.name:
                file.landed = files.Landed(None, notes=[f"is the same as {twin}, which is loaded"])
            else:
                file.landed = files.land(connection, table, local, file.name, folder / f"{table.name}-{number}.parquet")
            for text in file.landed.notes:
                note(f"{file.name} {text}")
            _check(connection, table, file)
        except files.HalfWrittenError as error:
            note(f"{file.name} is left for the next pull: {error}")
            continue
        except SourceError as error:
            problems.append(f"membership.{table.name}: {file.name} {error}")
            note(f"{file.name} is not loaded: it {error}")
            continue
        finally:
            (folder / "fetched").unlink(missing_ok=True)
        contents.setdefault(file.sha256, file.name)
        step.files.append(file)
    if step.files or notes or not loads:
        commit()
    failed = [problem for problem in problems if problem.startswith(f"membership.{table.name}:")]
    if failed:
        loads.append(
            raw.record_failure(settings, table, run_id=run_id, started_at=started_at, message="\n".join(failed))
        )
    progress(
        f"membership.{table.name}: {len(due)} files, {ticker.rows:,} rows read, {sum(load.rows_loaded for load in loads):,} new, "
        f"{sum(load.rows_quarantined for load in loads):,} quarantined"
    )
    return loads


def _check(connection, table: Table, file: SourceFile) -> None:
    """A file whose columns break the contract is refused alone, not with those that share its step."""
    if file.landed.file:
        described = connection.execute(f"describe select * from read_parquet('{file.landed.file}')").fetchall()
        try:
            raw.check_columns(table, {row[0].lower(): row[1] for row in described})
        except SourceError as error:
            raise SourceError(f"breaks the contract: {error}") from None


def _write(settings, table, step, run_id, started_at, since, until, message, *, again: bool) -> Load:
    def admit(warehouse) -> tuple[list[Path], list]:
        """Under the lock: another pull may have loaded the same content meanwhile."""
        known = {row[0]: row[1] for row in warehouse.execute("select sha256, path from ops.source_files").fetchall()}
        admitted, unreadable = [], []
        for file in step:
            if file.sha256 in known and not again:
                continue
            known[file.sha256] = file.name
            if file.landed.file:
                admitted.append(file.landed.file)
            unreadable += file.landed.unreadable
        return admitted, unreadable

    def remember(warehouse, load_id: str) -> None:
        for file in step:
            warehouse.execute(
                "insert or replace into ops.source_files values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    table.source,
                    table.name,
                    file.name,
                    file.version,
                    file.sha256,
                    file.bytes,
                    file.landed.rows,
                    load_id,
                    utc_now(),
                ],
            )

    return raw.write(
        settings,
        table,
        [],
        run_id=run_id,
        started_at=started_at,
        since=since,
        until=until,
        count_keys=True,
        message=message,
        admit=admit,
        also=remember,
    )


# The folder


def _listed(url: str) -> tuple[AbstractFileSystem, list[SourceFile], list[str]]:
    """The files of the folder in order of name, and notes about those that are not ours or not finished."""
    try:
        filesystem, root = fsspec.core.url_to_fs(url)
        filesystem.invalidate_cache()
        if not filesystem.exists(root):
            raise SourceError(f"membership: there is no folder {url}. Check CUSTOMER360_MEMBERS_URL.")
        entries = _settled(filesystem, root)
    except SourceError:
        raise
    except Exception as error:  # fsspec backends raise what their libraries raise
        raise SourceError(f"membership: {url} cannot be listed: {_first_line(error)}") from None
    found, notes = [], []
    for path, info in sorted(entries.items()):
        name = path[len(root) :].lstrip("/")
        base = name.rsplit("/", 1)[-1]
        if base.startswith((".", "_")) or base.endswith(_UNFINISHED):
            notes.append(f"{name} is left for the next pull: its name says it is not finished")
        elif (table := _table_of(base)) is None:
            notes.append(f"{name} is not a file of the source contract, ignored")
        else:
            found.append(SourceFile(table, path, name, info["size"], _version(info), _changed_at(info)))
    return filesystem, found, notes


def _settled(filesystem: AbstractFileSystem, root: str) -> dict[str, dict]:
    """The listing, after waiting for local files that changed a moment ago; those that still change are left out."""
    entries = filesystem.find(root, detail=True)
    protocols = (filesystem.protocol,) if isinstance(filesystem.protocol, str) else filesystem.protocol
    if "file" not in protocols:
        return entries
    youngest = max((info.get("mtime", 0) for info in entries.values()), default=0)
    wait = SETTLE_SECONDS - (time.time() - youngest)
    if not 0 < wait <= SETTLE_SECONDS:
        return entries
    time.sleep(wait)
    later = filesystem.find(root, detail=True)
    return {path: info for path, info in later.items() if _version(info) == _version(entries.get(path, info))}


def _table_of(base: str) -> Table | None:
    """members_2026-01.csv → members: the name begins with the table's, and no letter follows."""
    if files.kind_of(base) is None:
        return None
    return next((table for table in PULLS["members"] if re.match(rf"{table.name}(?![a-z])", base.lower())), None)


def _version(info: dict) -> str:
    etag = info.get("ETag") or info.get("etag")
    return str(etag).strip('"') if etag else f"{info.get('size')}-{info.get('mtime')}"


def _changed_at(info: dict) -> datetime | None:
    moment = info.get("LastModified") or info.get("mtime")
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    return moment.astimezone(UTC).replace(tzinfo=None) if isinstance(moment, datetime) else None


def _fetched(filesystem: AbstractFileSystem, file: SourceFile, folder: Path) -> Path:
    """A local copy of the file; sets its fingerprint."""
    digest = hashlib.sha256()
    copy = folder / "fetched"
    try:
        with filesystem.open(file.path, "rb") as source, open(copy, "wb") as target:
            while block := source.read(1 << 20):
                digest.update(block)
                target.write(block)
    except FileNotFoundError:
        raise files.HalfWrittenError("it vanished while it was read") from None
    file.sha256 = digest.hexdigest()
    return copy


# What was loaded before


def _remembered(warehouse) -> tuple[set[tuple[str, str]], dict[str, str]]:
    """{(name, version)} of the files that were dealt with, and {fingerprint: name} of the contents that were loaded."""
    rows = warehouse.execute("select path, version, sha256 from ops.source_files order by loaded_at desc").fetchall()
    return {(path, version) for path, version, _ in rows}, {sha256: path for path, _, sha256 in rows}


def _is_due(file: SourceFile, remembered: set, since: datetime | None, until: datetime | None) -> bool:
    if (file.name, file.version) not in remembered:
        return True
    if since is None or file.changed_at is None:
        return False
    return since <= file.changed_at and (until is None or file.changed_at <= until)


def _first_line(error: Exception) -> str:
    return f"{type(error).__name__}: {error}".splitlines()[0]
