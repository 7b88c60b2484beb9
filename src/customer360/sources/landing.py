"""Where a pull puts what it fetched until it is in raw: a folder of Parquet files that dies with its pull.

Nothing in it is ever the truth about what was loaded (that is `ops.loads`), so it may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import importlib.util
import os
import re
import shutil
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.errors import Customer360Error, DiskFullError, SettingError
from customer360.sources.casting import literal
from customer360.sources.contract import Table

Progress = Callable[[str], None]


@contextlib.contextmanager
def landing_folder(settings: Settings, name: str) -> Iterator[Path]:
    """A fresh folder that is removed at the end; folders that a killed pull left behind are removed first."""
    settings.landing.mkdir(parents=True, exist_ok=True)
    folder = settings.landing / f"{name}-{uuid.uuid4().hex[:12]}"
    landing = os.open(settings.landing, os.O_RDONLY)
    try:
        fcntl.flock(landing, fcntl.LOCK_EX)  # or another pull could sweep the folder away before its lock is held
        _sweep(settings.landing)
        folder.mkdir(mode=0o700)
        lock = open(folder / ".lock", "w", encoding="utf-8")  # noqa: SIM115
        fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel lets go when the process dies, however it dies
    finally:
        os.close(landing)
    with lock:
        try:
            with clear_errors(settings):
                yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _sweep(landing: Path) -> None:
    for folder in landing.iterdir():
        if not (folder / ".lock").exists():  # killed before it made its lock, or while the folder was removed
            shutil.rmtree(folder, ignore_errors=True)
            continue
        with contextlib.suppress(OSError), open(folder / ".lock", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)


@contextlib.contextmanager
def clear_errors(settings: Settings) -> Iterator[None]:
    """Say in one sentence that the disk is full, or the home not ours to write, instead of where it was noticed."""
    try:
        yield
    except (OSError, duckdb.Error) as error:
        if is_disk_full(error):
            raise DiskFullError(
                f"The disk that holds {settings.home} is full. What was committed before stays: free some space and "
                f"run the same command again, it goes on from there."
            ) from None
        if getattr(error, "errno", None) in (errno.EROFS, errno.EACCES) and str(settings.home) in str(error.filename):
            raise SettingError(
                f"CUSTOMER360_HOME, {settings.home}, cannot be written: {error.strerror.lower()}. Set it to a folder "
                f"that this user may write, or give this one back."
            ) from None
        raise


def is_disk_full(error: Exception) -> bool:
    """Whether an error of Python's or DuckDB's means that there is no room to write."""
    text = str(error).lower()
    return getattr(error, "errno", None) in (errno.ENOSPC, errno.EFBIG, errno.EDQUOT) or any(
        words in text for words in ("no space left", "file too large", "disk quota exceeded")
    )


# What databases and stores say when they are out of reach or overloaded now: another try may find them well.
_PASSING = re.compile(
    r"could not connect|connection (was )?(refused|reset|closed|aborted|lost|to .* failed)|closed the connection"
    r"|terminating connection|timed? ?out|too many (clients|connections|requests)|starting up|shutting down"
    r"|recovery mode|temporar|slow ?down|unavailable|internal server error|unreachable|no route to"
    r"|(could not|cannot) (resolve|translate)|database is locked",
    re.IGNORECASE,
)
_LASTING = re.compile(r"authentication failed|no password|does not exist|permission denied", re.IGNORECASE)


def may_pass(error: Exception) -> bool:
    """Whether an error means that a source is out of reach or overloaded now, rather than that something is wrong."""
    text = f"{type(error).__name__}: {error}"
    passing = isinstance(error, ConnectionError | TimeoutError) or _PASSING.search(text)
    return bool(passing) and not _LASTING.search(text)


def scratch_connection(folder: Path, *extensions: str, memory_limit: str = "3GB") -> duckdb.DuckDBPyConnection:
    """A private in-memory DuckDB that spills into `folder`; extensions come from their wheels, none is downloaded."""
    offline = {"autoinstall_known_extensions": "false", "autoload_known_extensions": "false"}
    connection = duckdb.connect(
        config=offline | {"temp_directory": str(folder / "spill"), "memory_limit": memory_limit}
    )
    connection.execute("set timezone = 'UTC'")
    for extension in extensions:
        connection.execute(f"load {literal(str(_extension_file(extension, folder)))}")
    return connection


def _extension_file(name: str, folder: Path) -> Path:
    """The wheel's file under the name DuckDB derives the entry point from (sqlite → sqlite_scanner)."""
    package = importlib.util.find_spec(f"duckdb_extension_{name}")
    if package is None or package.origin is None:
        raise Customer360Error(f"The package duckdb-extension-{name} is not installed.")
    file = next(Path(package.origin).parent.glob(f"extensions/v{duckdb.__version__}/*.duckdb_extension"), None)
    if file is None:
        raise Customer360Error(f"The package duckdb-extension-{name} is not made for DuckDB {duckdb.__version__}.")
    link = folder / f"{name}_scanner.duckdb_extension"
    if not link.exists():
        link.symlink_to(file)
    return link


class Ticker:
    """Progress of one table: a line every few seconds at most, never a value from the data."""

    def __init__(self, progress: Progress, label: str, every_seconds: float = 3.0):
        self.progress, self.label, self.every = progress, label, every_seconds
        self.started = self.said = time.monotonic()
        self.rows = 0

    def add(self, rows: int) -> None:
        self.rows += rows
        if time.monotonic() - self.said >= self.every:
            self.said = time.monotonic()
            self.progress(f"{self.label}: {self.rows:,} rows so far, {self._rate():,} rows/s")

    def _rate(self) -> int:
        return round(self.rows / max(time.monotonic() - self.started, 0.001))


def say_loaded(progress: Progress, table: Table, loads: Sequence) -> None:
    """Sum up the loads of one table in one line."""
    read, new, quarantined = (
        sum(getattr(load, name) for load in loads) for name in ("rows_read", "rows_loaded", "rows_quarantined")
    )
    seconds = (max(load.ended_at for load in loads) - min(load.started_at for load in loads)).total_seconds()
    progress(
        f"{table.source}.{table.name}: {read:,} rows read, {new:,} new, {quarantined:,} quarantined, "
        f"{round(read / max(seconds, 0.001)):,} rows/s"
    )
    new_columns = [name for load in loads if load.new_columns for name in load.new_columns.split(", ")]
    if new_columns:
        plain = sorted(name for name in new_columns if re.fullmatch(r"[a-z][a-z0-9_ ]{0,40}", name))
        odd = [f"{len(new_columns) - len(plain)} with odd names"] if len(plain) < len(new_columns) else []
        progress(f"{table.source}.{table.name}: new at the source, loaded as text: {', '.join(plain + odd)}")
