"""Every file under the home: what was derived is removed or made anew, whatever else names the person is blotted out.

Sources that lie under the home (the sample company) are not ours to change and are left alone.
"""

from __future__ import annotations

import contextlib
import csv
import fcntl
import gzip
import io
import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from customer360.config import Settings
from customer360.erasure.search import Search
from customer360.errors import ErasureError
from customer360.warehouse_file import set_aside_files

MARKER = "person.json"  # in a folder that export-person made
SQLITE, DUCKDB, PARQUET, GZIP = b"SQLite format 3\0", b"DUCK", b"PAR1", b"\x1f\x8b"
Counts = dict[str, int]


def sources(settings: Settings) -> list[Path]:
    """Files and folders under the home that are sources."""
    places = [settings.sample]
    for url in (settings.shop_url, settings.members_url):
        path = (url or "").removeprefix("sqlite:///").removeprefix("file://")
        if path and "://" not in path:
            places.append(Path(path).absolute())
    return [place for place in places if place.is_relative_to(settings.home)]


def clean(settings: Settings, search: Search, customer_ids: set[str]) -> Counts:
    """Remove what is only left over, blot out the rest; {place: files, lines or values}."""
    counts = {
        "landing (folders of dead pulls)": _remove_dead(settings.landing),
        "files set aside beside the warehouse": sum(map(_remove, set_aside_files(settings))),
        "spill of DuckDB": _remove(settings.home / "warehouse.duckdb.tmp"),
        "simulation": _remove_simulation(settings),
        "exports of the person": _remove_exports(settings, customer_ids),
        "notes of exports": _forget_exports(settings, customer_ids),
        "identity/review.csv (lines)": _clean_review(settings.home / "identity" / "review.csv", search),
    }
    for path in all_files(settings):
        kind, count = _clean_file(path, search)
        if count:
            where = path.relative_to(settings.home).parts
            name = f"{where[0] if len(where) > 1 else path.name} ({kind})"
            counts[name] = counts.get(name, 0) + count
    return {place: count for place, count in counts.items() if count}


def remains(settings: Settings, search: Search) -> list[str]:
    """Files, by their place under the home, whose bytes still hold something of the person."""
    found = []
    for path in all_files(settings):
        raw = path.read_bytes()
        if raw[8:12] == DUCKDB or raw[:4] == PARQUET:  # their bytes show little; `proof` reads what they hold
            count = search.count(raw)
        else:
            with contextlib.suppress(OSError, EOFError):
                raw = gzip.decompress(raw) if raw[:2] == GZIP else raw
            count = search.count(raw)
        if count or search.found(path.name):
            found.append(str(path.relative_to(settings.home)))
    return found


def all_files(settings: Settings) -> Iterator[Path]:
    left_alone = [*sources(settings), settings.key_file.parent, *_live_folders(settings.landing)]
    for path in sorted(settings.home.rglob("*")):
        if path.is_file() and not path.is_symlink() and not any(path.is_relative_to(place) for place in left_alone):
            yield path


def _clean_file(path: Path, search: Search) -> tuple[str, int]:
    """(what was done, how often) with one file."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:  # a process that ended meanwhile took it along
        return "", 0
    if raw[8:12] == DUCKDB or raw[:4] == PARQUET:
        return "", 0
    if raw[:16] == SQLITE:
        return "values in a database", _clean_sqlite(path, search)
    if raw[:2] == GZIP:
        return "places in packed files", _clean_gzip(path, raw, search)
    if search.found(path.name):
        path.unlink()
        return "files removed", 1
    count = search.count(raw)
    if count and path.suffix in (".msgpack", ".gpickle", ".pyc"):
        path.unlink()  # made anew when it is needed
        return "files removed", 1
    if count:
        _blot(path, raw, search.blotted(raw))
    return "places overwritten", count


def _blot(path: Path, raw: bytes, blotted: bytes) -> None:
    """In place, and only there: another process may be writing at the end of the file."""
    mode = path.stat().st_mode
    path.chmod(mode | 0o200)
    with open(path, "r+b") as file:
        for start in range(0, len(raw), 4096):
            if raw[start : start + 4096] != blotted[start : start + 4096]:
                file.seek(start)
                file.write(blotted[start : start + 4096])
        file.flush()
        os.fsync(file.fileno())
    path.chmod(mode)


def _clean_gzip(path: Path, raw: bytes, search: Search) -> int:
    try:
        unpacked = gzip.decompress(raw)
    except (OSError, EOFError):
        return 0
    count = search.count(unpacked)
    if count:
        aside = path.with_name(f".{path.name}.blotted")
        aside.write_bytes(gzip.compress(search.blotted(unpacked)))
        aside.chmod(path.stat().st_mode)
        os.replace(aside, path)
    return count


def _clean_sqlite(path: Path, search: Search) -> int:
    """Airflow's database: every value that names the person, then the file written anew."""
    if not search.count(path.read_bytes()) and not path.with_name(f"{path.name}-wal").exists():
        return 0
    changed = 0
    try:
        with contextlib.closing(sqlite3.connect(path, timeout=60, isolation_level=None)) as database:
            database.create_function("blotted", 1, lambda value: _blotted_value(value, search), deterministic=True)
            tables = database.execute("select name from sqlite_master where type = 'table'").fetchall()
            database.execute("begin immediate")
            for (table,) in tables:
                columns = [row[1] for row in database.execute(f'pragma table_info("{table}")')]
                for column in columns:
                    changed += database.execute(
                        f'update "{table}" set "{column}" = blotted("{column}") '
                        f'where typeof("{column}") in (\'text\', \'blob\') and "{column}" is not blotted("{column}")'
                    ).rowcount
            database.execute("commit")
            database.execute("pragma wal_checkpoint(truncate)")
            database.execute("vacuum")  # deleted rows leave their bytes otherwise
    except sqlite3.Error as error:
        raise ErasureError(
            f"{path} could not be cleaned ({error}). Stop what uses it, and run the command again."
        ) from None
    return max(changed, 1)


def _blotted_value(value, search: Search):
    if isinstance(value, str):
        return search.blotted(value.encode()).decode()
    return search.blotted(value) if isinstance(value, bytes) else value


def _clean_review(path: Path, search: Search) -> int:
    """Lines of the review file that name the person; what was decided on the others stays in it."""
    if not path.exists():
        return 0
    rows = list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))
    kept = [row for number, row in enumerate(rows) if number == 0 or not any(map(search.found, row))]
    if len(kept) < len(rows):
        aside = path.with_name(f".{path.name}.new")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8-sig") as file:
            csv.writer(file).writerows(kept)
        os.replace(aside, path)
    return len(rows) - len(kept)


def _remove_dead(landing: Path) -> int:
    live = set(_live_folders(landing))
    return sum(_remove(path) for path in landing.glob("*") if path not in live)


def _live_folders(landing: Path) -> list[Path]:
    """Folders of pulls that are running: they end with their pull, which withholds what they hold."""
    live = []
    for lock_file in landing.glob("*/.lock"):
        with contextlib.suppress(FileNotFoundError), open(lock_file, "a", encoding="utf-8") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                live.append(lock_file.parent)
    return live


def _remove_simulation(settings: Settings) -> int:
    folder = settings.home / "simulation"
    if not folder.exists():
        return 0
    with open(settings.home / "simulation.lock", "a", encoding="utf-8") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise ErasureError(
                "A simulation of rules is running on a copy of the warehouse. Wait for it to end, and run "
                "the command again."
            ) from None
        return _remove(folder)


def _remove_exports(settings: Settings, customer_ids: set[str]) -> int:
    removed = 0
    for marker in list(settings.home.rglob(MARKER)):
        with contextlib.suppress(ValueError, OSError):
            if json.loads(marker.read_text(encoding="utf-8")).get("customer_id") in customer_ids:
                removed += _remove(marker.parent)
    return removed


def exports_elsewhere(settings: Settings, customer_ids: set[str]) -> list[str]:
    """Folders outside the home into which data of the person was exported, and which are still there."""
    folders = [Path(each["folder"]) for each in _exports(settings) if each["customer_id"] in customer_ids]
    return [str(folder) for folder in folders if not folder.is_relative_to(settings.home) and folder.exists()]


def _forget_exports(settings: Settings, customer_ids: set[str]) -> int:
    noted = _exports(settings)
    kept = [each for each in noted if each["customer_id"] not in customer_ids]
    if len(kept) < len(noted):
        aside = exports_file(settings).with_name(".exports.jsonl")
        with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
            file.writelines(json.dumps(each) + "\n" for each in kept)
        os.replace(aside, exports_file(settings))
    return len(noted) - len(kept)


def exports_file(settings: Settings) -> Path:
    """Which exports were made, and where: {customer_id, folder} a line."""
    return settings.key_file.with_name("exports.jsonl")


def _exports(settings: Settings) -> list[dict]:
    file = exports_file(settings)
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()] if file.exists() else []


def _remove(path: Path) -> int:
    if path.is_dir() and not path.is_symlink():
        files = sum(each.is_file() for each in path.rglob("*"))
        shutil.rmtree(path)
        return max(files, 1)
    if os.path.lexists(path):
        path.unlink()
        return 1
    return 0
