"""The warehouse as a file: what is wrong with it in one sentence, and how another one takes its place.

    warehouse.duckdb                     the warehouse; warehouse.duckdb.wal beside it after a crash, until it is opened
    warehouse.duckdb.restoring           a new one in the making; of no worth until it is done
    warehouse.duckdb.restored            done and on disk: whoever takes the lock next puts it in place
    warehouse.duckdb.compacting          being written anew (compaction.py)
    warehouse.duckdb.damaged-<time>      what was there before a restore, set aside with its log (.wal)

A restore therefore leaves the old warehouse or the new one, however it is killed.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.durable import flush, rename
from customer360.errors import WarehouseBusyError, WarehouseDamagedError
from customer360.sources.casting import literal

# From here on a log says which file it belongs to, and is not taken in by another one.
STORAGE_VERSION = "v1.4.0"
# What DuckDB says when bytes of its file are not what it wrote, at whatever moment it notices.
DAMAGE = ("corrupt database file", "not a valid duckdb database file", "could not read enough bytes from file")
RESTORE = "`customer360 restore` puts the newest backup in its place and keeps this file aside"
FROM_SOURCES = "Without a backup, `customer360 restore --from-sources` saves what can be read and pulls the rest anew"


def set_aside_files(settings: Settings) -> list[Path]:
    """What lies beside the warehouse and may hold what it held: set aside, half restored, rewritten, spilled."""
    return sorted(path for path in settings.home.glob("warehouse.duckdb.*") if path != log_of(settings.warehouse))


def require_file(settings: Settings) -> None:
    """Raise WarehouseDamagedError when the warehouse is gone or empty although there was one: never begin unasked."""
    file = settings.warehouse
    if file.exists() and (file.is_dir() or file.stat().st_size):
        return
    earlier = [
        *settings.published.glob("versions/publication_*"),
        *settings.backups.glob("backup_*"),
        *settings.home.glob("warehouse.duckdb.damaged-*"),
        *(path for path in (log_of(file), settings.key_file.with_name("erasures.jsonl")) if path.exists()),
    ]
    if earlier:
        state = "empty" if file.exists() else "missing"
        raise WarehouseDamagedError(
            f"{file} is {state}, but there was one: see {earlier[0]}. {RESTORE}. {FROM_SOURCES}."
        )
    file.unlink(missing_ok=True)  # a first start that was killed before it wrote anything


def opened(settings: Settings, *, read_only: bool = False) -> duckdb.DuckDBPyConnection:
    """A connection to the warehouse. Raises WarehouseBusyError or WarehouseDamagedError, each with what to do."""
    require_file(settings)
    if not settings.warehouse.exists():
        create(settings.warehouse)
    try:
        connection = duckdb.connect(str(settings.warehouse), read_only=read_only)
    except duckdb.Error as error:
        raise _why_closed(settings, error) from None
    connection.execute(f"set memory_limit = {literal(settings.memory_limit)}")
    return connection


def _why_closed(settings: Settings, error: duckdb.Error) -> Exception:
    file, text = settings.warehouse, str(error).lower()
    if "conflicting lock" in text or "set lock on file" in text:
        return WarehouseBusyError(
            f"{file.name} is held open by another program (a BI tool or a DuckDB shell?). "
            f"Close it there: BI tools read published/customer_360.duckdb, never the warehouse."
        )
    if "permission denied" in text or not os.access(file, os.R_OK | os.W_OK):
        return WarehouseDamagedError(
            f"{file} may not be read and written by this user. Give it back: `chown $USER {file} && chmod 600 {file}`."
        )
    if any(words in text for words in ("no space left", "too large", "quota", "out of memory")):
        return error
    if "newer version" in text or "version number" in text:
        return WarehouseDamagedError(
            f"{file} was written by a newer DuckDB than {duckdb.__version__}. Install the version of customer360 that "
            f"wrote it; or go back: {RESTORE}."
        )
    if file.is_dir():
        return WarehouseDamagedError(f"{file} is a folder, not a warehouse. {RESTORE}. {FROM_SOURCES}.")
    return damaged(settings, _first_line(error))


def damaged(settings: Settings, detail: str) -> WarehouseDamagedError:
    return WarehouseDamagedError(
        f"{settings.warehouse} is damaged ({detail}). Published files are not touched. {RESTORE}. {FROM_SOURCES}."
    )


@contextlib.contextmanager
def damage_noticed(settings: Settings) -> Iterator[None]:
    """Damage that is noticed while working, by whatever step, as WarehouseDamagedError."""
    try:
        yield
    except WarehouseDamagedError:
        raise
    except Exception as error:
        line = next((line for line in str(error).splitlines() if any(words in line.lower() for words in DAMAGE)), None)
        if line is None:
            raise
        raise damaged(settings, line.strip()) from error


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0] if str(error) else type(error).__name__


@contextlib.contextmanager
def new_file(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a new, empty warehouse beside the old one; done without an error, it waits to be put in place."""
    making, done = beside(settings, "restoring"), beside(settings, "restored")
    remove_file(making)
    create(making)
    connection = duckdb.connect(str(making))
    try:
        connection.execute(f"set memory_limit = '{settings.memory_limit}'")
        yield connection
        connection.execute("checkpoint")
        connection.close()
    except BaseException:
        connection.close()
        remove_file(making)
        raise
    flush(making)
    rename(making, done)


def put_in_place(settings: Settings) -> Path | None:
    """Let a warehouse that is done take its place; returns where the one before it is now. Only under the lock.

    Each step can be repeated: a restore that was killed here is finished by whoever takes the lock next.
    """
    done = beside(settings, "restored")
    if not done.exists():
        return None
    moment = datetime.fromtimestamp(done.stat().st_mtime, UTC)
    aside = beside(settings, f"damaged-{moment:%Y%m%dT%H%M%S_%f}")
    if log_of(settings.warehouse).exists():  # first, or the new file would be opened with the old one's log
        os.rename(log_of(settings.warehouse), log_of(aside))
    if os.path.lexists(settings.warehouse):
        os.rename(settings.warehouse, aside)
    flush(settings.home)
    rename(done, settings.warehouse)
    return aside if os.path.lexists(aside) else None


def log_of(file: Path) -> Path:
    """DuckDB's write-ahead log beside a database file."""
    return file.with_name(f"{file.name}.wal")


def create(file: Path) -> None:
    """An empty database file, for its owner only."""
    with duckdb.connect() as connection:
        connection.execute(f"attach {literal(str(file))} as fresh (storage_version '{STORAGE_VERSION}')")
    file.chmod(0o600)


def beside(settings: Settings, word: str) -> Path:
    """A name beside the warehouse's."""
    return settings.warehouse.with_name(f"{settings.warehouse.name}.{word}")


def remove_file(file: Path) -> None:
    """A database file that is of no worth, with its log and what it spilled."""
    file.unlink(missing_ok=True)
    log_of(file).unlink(missing_ok=True)
    shutil.rmtree(file.with_name(f"{file.name}.tmp"), ignore_errors=True)
