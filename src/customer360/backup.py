"""Backup and restore: everything that cannot be computed again, in one folder that is whole or not there.

By hand: `customer360 backup`, `customer360 restore`.

    backups/backup_…/                 0700
      raw.shop_orders.parquet …       each table of raw, ops, identity and intermediate
      secrets/                        the key of keyed hashes and the erasures, as they were
      manifest.json                   bytes and SHA-256 of each file, each table's rows and definition, the versions

Identity and the intermediate models are in it because some of them remember: who was which customer, what was believed
when. Staging, the marts and the publications are computed from these by the next run. A restore makes a new
warehouse aside, forgets again who was erased since, and swaps it in; the file that was there is set aside, not deleted.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import duckdb

from customer360 import secret_files
from customer360.build import forget_finished_build
from customer360.config import Settings
from customer360.durable import flush, flush_all, rename, sha256
from customer360.errors import BackupError
from customer360.sources.casting import literal, quoted
from customer360.sources.landing import clear_errors
from customer360.warehouse import create_tables, utc_now, versions, writer_lock, writing
from customer360.warehouse_file import new_file, put_in_place

FORMAT = 1
ID_FORMAT = "backup_%Y%m%dT%H%M%S_%f"


@dataclass(frozen=True)
class Restored:
    """What a restore put back, from where, and where the file is that was there before."""

    backup: str
    made_at: datetime
    rows: int
    set_aside: Path | None

    def __str__(self) -> str:
        told = f"restored {self.rows:,} rows of {self.backup}"
        return told + (f"; the file that was there is {self.set_aside}" if self.set_aside else "")


def make(settings: Settings, folder: Path | None = None) -> Path:
    """Back the warehouse up into `folder` (default: backups/ of the home) and return the new backup's folder.

    Only the newest `keep_backups` stay there. Raises BackupError when there is nothing to back up or it cannot be
    written; the backups there are stay then.
    """
    folder = Path(folder) if folder else settings.backups
    with _one_error(folder), clear_errors(settings):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with writing(settings, "backup") as connection:
            making = _fresh_folder(folder, _next_id(folder))
            try:
                _write(connection, settings, making)
                flush_all(making)
                made = folder / making.name.removeprefix(".making-")
                rename(making, made)
            except BaseException:
                shutil.rmtree(making, ignore_errors=True)
                raise
        for old in _whole(folder)[: -settings.keep_backups]:
            _remove(old)
    return made


def kept(settings: Settings) -> list[Path]:
    """The backups under the home, oldest first."""
    return _whole(settings.backups)


def restore(settings: Settings, backup: Path | str | None = None) -> Restored:
    """Put a backup (a folder, the name of a kept one, or by default the newest) in the place of the warehouse.

    The backup is proved whole before anything is touched. Published files stay as they are; the next run goes on from
    where the backup stood. Raises BackupError when it is damaged, of a newer version, or made under another key.
    """
    folder = find(settings, backup)
    with _one_error(folder), clear_errors(settings):
        manifest = verified(folder)
        secret_files.require_same_key(settings, manifest["hash_key"], folder / "secrets")
        with writer_lock(settings, "restore", wait_seconds=600):
            with new_file(settings) as connection:
                rows = sum(_read(connection, folder, table) for table in manifest["tables"])
                secret_files.put_back(settings, folder / "secrets")
                make_current(connection, settings, f"restored from {folder.name}")
            set_aside = put_in_place(settings)
    return Restored(folder.name, datetime.fromisoformat(manifest["made_at"]), rows, set_aside)


def make_current(connection: duckdb.DuckDBPyConnection, settings: Settings, told: str) -> None:
    """What a warehouse that was put together from saved tables needs before anyone works with it."""
    create_tables(connection)  # what this version has beyond the one that made the backup
    secret_files.forget_erased(settings, connection)
    forget_finished_build(connection, settings, told)


def remembered(connection: duckdb.DuckDBPyConnection) -> list[tuple[str, str, str]]:
    """(schema, table, definition) of every table but those of staging and marts, which remember nothing."""
    return connection.execute(
        "select schema_name, table_name, sql from duckdb_tables() where database_name = current_database() "
        "and schema_name in ('raw', 'ops', 'identity', 'intermediate') order by all"
    ).fetchall()


def find(settings: Settings, backup: Path | str | None = None) -> Path:
    """The folder of a backup: a path, the name of a kept one, or the newest."""
    if backup is None:
        if not kept(settings):
            raise BackupError(
                f"There is no backup in {settings.backups}. Name its folder (`customer360 restore FOLDER`), or save "
                f"what can still be read and pull the rest anew: `customer360 restore --from-sources`."
            )
        return kept(settings)[-1]
    for folder in (Path(backup), settings.backups / backup):
        if (folder / "manifest.json").is_file():
            return folder
    raise BackupError(f"{backup} is no backup: it has no manifest.json. `customer360 backup` makes one.")


def verified(folder: Path) -> dict:
    """The manifest of a backup whose every file is what the manifest says. Raises BackupError."""
    try:
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        made_by, files = manifest["versions"]["customer360"], manifest["files"]
    except (ValueError, KeyError, TypeError):
        raise BackupError(f"The manifest of {folder} is damaged. Take another backup.") from None
    ours = versions()["customer360"]
    if manifest["format"] > FORMAT or _ordered(made_by) > _ordered(ours):
        raise BackupError(f"{folder.name} was made by customer360 {made_by}, this is {ours}: install that one first.")
    for name, expected in files.items():
        path = folder / name
        if not path.is_file() or path.stat().st_size != expected["bytes"] or sha256(path) != expected["sha256"]:
            raise BackupError(f"{folder.name} is damaged: its file {name} is not what its manifest says.")
    return manifest


def _write(connection: duckdb.DuckDBPyConnection, settings: Settings, making: Path) -> None:
    (loaded,) = connection.execute("select count(*) from ops.loads").fetchone()
    if not loaded:
        raise BackupError("Nothing was ever loaded into the warehouse: there is nothing to back up.")
    tables = []
    for schema, table, definition in remembered(connection):
        file = f"{schema}.{table}.parquet"
        target = literal(str(making / file))
        (rows,) = connection.execute(
            f"copy {_exact(connection, schema, table)} to {target} (format parquet, compression zstd)"
        ).fetchone()
        tables.append({"schema": schema, "table": table, "file": file, "rows": rows, "definition": definition})
    secret_files.save(settings, making / "secrets")
    files = {
        str(path.relative_to(making)): {"bytes": path.stat().st_size, "sha256": sha256(path)}
        for path in sorted(making.rglob("*"))
        if path.is_file()
    }
    manifest = {
        "format": FORMAT,
        "backup_id": making.name.removeprefix(".making-"),
        "made_at": utc_now().isoformat(timespec="microseconds"),
        "hash_key": secret_files.fingerprint(settings),
        "versions": versions(),
        "tables": tables,
        "files": files,
    }
    (making / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8")
    for path in making.rglob("*"):
        if path.is_file():
            path.chmod(0o600)


def _exact(connection: duckdb.DuckDBPyConnection, schema: str, table: str) -> str:
    """A query of the whole table; Parquet has no integers beyond 64 bits, so those go as text."""
    columns = connection.execute(
        "select column_name, data_type from duckdb_columns() where database_name = current_database() "
        "and schema_name = ? and table_name = ? order by column_index",
        [schema, table],
    ).fetchall()
    wide = [f"{quoted(name)}::varchar as {quoted(name)}" for name, type_ in columns if type_ in ("HUGEINT", "UHUGEINT")]
    replaced = f"replace ({', '.join(wide)})" if wide else ""
    return f"(select * {replaced} from {schema}.{quoted(table)})"


def _read(connection: duckdb.DuckDBPyConnection, folder: Path, table: dict) -> int:
    name = f"{quoted(table['schema'])}.{quoted(table['table'])}"
    connection.execute(f"create schema if not exists {quoted(table['schema'])}")
    connection.execute(table["definition"])
    (rows,) = connection.execute(
        f"insert into {name} by name select * from read_parquet({literal(str(folder / table['file']))})"
    ).fetchone()
    if rows != table["rows"]:
        raise BackupError(f"{folder.name} is damaged: {table['file']} has {rows} rows instead of {table['rows']}.")
    return rows


def _next_id(folder: Path) -> str:
    """An id that sorts after every earlier one, even when the clock went back."""
    moment, newest = utc_now(), max((path.name for path in _whole(folder)), default="")
    if newest >= moment.strftime(ID_FORMAT):
        moment = datetime.strptime(newest, ID_FORMAT) + timedelta(microseconds=1)
    return moment.strftime(ID_FORMAT)


def _fresh_folder(folder: Path, backup_id: str) -> Path:
    """Where a backup is made, under the warehouse's lock; what a killed one left behind goes."""
    for leftover in folder.glob(".making-*"):
        shutil.rmtree(leftover)
    making = folder / f".making-{backup_id}"
    making.mkdir(mode=0o700)
    return making


def _whole(folder: Path) -> list[Path]:
    return sorted(path.parent for path in folder.glob("backup_*/manifest.json"))


def _remove(backup: Path) -> None:
    """In one step, then its files: nobody sees half of it."""
    doomed = backup.with_name(f".making-removed-{backup.name}")
    os.rename(backup, doomed)
    shutil.rmtree(doomed)
    flush(doomed.parent)


def _ordered(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".") if part.isdigit())


@contextlib.contextmanager
def _one_error(folder: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, duckdb.Error) as error:
        detail = getattr(error, "strerror", None) or str(error).partition("\n")[0]
        raise BackupError(f"{folder} cannot be read or written: {detail}.") from error
