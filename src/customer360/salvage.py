"""What can still be read of a damaged warehouse, when there is no backup; the sources give the rest again.

By hand: `customer360 restore --from-sources`, then `customer360 run`.

A table comes over whole or not at all. Of a raw table that cannot be read, the record of its loads is forgotten, so the
next pull begins at its beginning; rows that were saved are recognised and not added again. What no source can give any
more is named: versions that were superseded, deletions noticed, decisions that people took.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer360 import backup
from customer360.config import Settings
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import TABLES
from customer360.sources.landing import clear_errors
from customer360.warehouse import create_tables, writer_lock
from customer360.warehouse_file import log_of, new_file, put_in_place

# Whoever cannot read one of these does not know what was loaded: everything is pulled again.
POSITIONS = ("loads", "source_files", "quarantine")
# Tables that neither a source nor a build gives again.
IRREPLACEABLE = {
    "identity.match_decisions": "what people decided about identities",
    "identity.accepted_moves": "accepted moves of records",
    "identity.record_assignments": "the history of customer ids (customers get those of the current publication)",
    "intermediate.int_growth_entries": "what was believed about growth before now",
    "intermediate.int_member_level_beliefs": "what was believed about levels before now",
}


@dataclass
class Salvaged:
    """Which tables could be saved and which could not, and where the damaged file is now."""

    rows: int = 0
    saved: list[str] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    set_aside: Path | None = None

    def __str__(self) -> str:
        told = f"saved {self.rows:,} rows of {len(self.saved)} tables"
        if self.lost:
            told += f"; could not read {', '.join(self.lost)}"
        return told + (f"; the damaged file is {self.set_aside}" if self.set_aside else "")


def from_sources(settings: Settings, *, progress: Callable[[str], None] = print) -> Salvaged:
    """Put a new warehouse in place with what can be read of the old one; the next run pulls what is missing."""
    with clear_errors(settings), writer_lock(settings, "restore", wait_seconds=600):
        found = Salvaged()
        with new_file(settings) as connection:
            create_tables(connection)
            for schema, table, definition in _listed(settings, progress):
                _save(connection, settings, f"{schema}.{quoted(table)}", definition, found)
            _forget_positions(connection, found.lost)
            backup.make_current(connection, settings, "saved from a damaged file")
        found.set_aside = put_in_place(settings)
    for table in found.lost:
        progress(f"{table} could not be read{': ' + IRREPLACEABLE[table] if table in IRREPLACEABLE else ''}")
    return found


def _listed(settings: Settings, progress: Callable[[str], None]) -> list[tuple[str, str, str]]:
    """The tables worth saving, as the damaged file lists them; none when it cannot even be opened."""
    try:
        with _damaged_file(settings) as file, duckdb.connect(file, read_only=True) as connection:
            return backup.remembered(connection)
    except (duckdb.Error, OSError) as error:
        progress(f"nothing of {settings.warehouse} can be read: {str(error).splitlines()[0]}")
        return []


def _save(connection: duckdb.DuckDBPyConnection, settings: Settings, name: str, definition: str, found: Salvaged):
    """Each table through an opening of its own: DuckDB gives a file up for good once it met damage in it."""
    plain = name.replace('"', "")
    try:
        with _damaged_file(settings) as file:
            connection.execute(f"attach {literal(file)} as damaged (read_only)")
            try:
                connection.execute("begin")
                connection.execute(f"drop table if exists {name}")
                connection.execute(definition)
                (rows,) = connection.execute(f"insert into {name} by name select * from damaged.{name}").fetchone()
                connection.execute("commit")
            except duckdb.Error:
                connection.execute("rollback")
                raise
            finally:
                connection.execute("detach damaged")
    except (duckdb.Error, OSError):
        found.lost.append(plain)
    else:
        found.saved.append(plain)
        found.rows += rows


@contextlib.contextmanager
def _damaged_file(settings: Settings):
    """The file under a name that has no log beside it, if it cannot be opened with its own log."""
    try:
        duckdb.connect(str(settings.warehouse), read_only=True).close()
        yield str(settings.warehouse)
        return
    except duckdb.Error:
        if not log_of(settings.warehouse).exists():
            raise
    alone = settings.warehouse.with_name(f"{settings.warehouse.name}.restoring-old")
    alone.unlink(missing_ok=True)
    try:
        os.link(settings.warehouse, alone)
    except OSError:
        shutil.copyfile(settings.warehouse, alone)
    try:
        yield str(alone)
    finally:
        alone.unlink(missing_ok=True)


def _forget_positions(connection: duckdb.DuckDBPyConnection, lost: list[str]) -> None:
    """Let the next pull begin anew for what was lost."""
    if any(f"ops.{table}" in lost for table in POSITIONS):
        for table in POSITIONS:
            connection.execute(f"delete from ops.{table}")
        return
    for table in TABLES.values():
        if f"raw.{table.raw_name}" in lost:
            for name in POSITIONS:
                connection.execute(
                    f"delete from ops.{name} where source_system = ? and source_table = ?", [table.source, table.name]
                )
