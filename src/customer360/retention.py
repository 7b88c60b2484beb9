"""What is kept for how long, and what nobody needs any more.

By hand: `customer360 tidy [--dry-run]`.

Raw keeps every version of every record unless CUSTOMER360_KEEP_RAW_DAYS says for how long; then what was superseded
that long ago goes. Never the newest version of a record, and never one that a model reads as history: no mart changes.
Records of runs, logs, and a damaged warehouse that was set aside go after CUSTOMER360_KEEP_LOG_DAYS.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import duckdb

from customer360 import compaction
from customer360.config import Settings
from customer360.publish import prune
from customer360.sources.casting import constant, quoted
from customer360.sources.contract import TABLES, Table
from customer360.sources.landing import clear_errors
from customer360.warehouse import utc_now, writing
from customer360.warehouse_file import set_aside_files

# Columns of which a model reads every change: the first and the last version that said the same of them stay.
HISTORY = {"membership_members": ("consent_email", "consent_sms", "consent_profiling")}

# Of each table of ops: what may go once it is older than the cutoff, and what of that is still needed.
OPS = {
    "pipeline_runs": "started_at < {cutoff}",
    "model_runs": """
        finished_at < {cutoff} and run_id not in (
            select max_by(run_id, finished_at) from ops.model_runs where resource_type = 'build'
            union all
            select max_by(run_id, finished_at) from ops.model_runs where resource_type = 'build' and status = 'success'
        )
    """,
    "completeness_results": """
        checked_at < {cutoff} and (stage, checked_at) not in (
            select (stage, max(checked_at)) from ops.completeness_results group by stage
        )
    """,
    # A load that brought rows is where they come from; the last good one of a table is where the next pull goes on.
    "loads": """
        ended_at < {cutoff} and rows_loaded = 0 and rows_quarantined = 0 and (load_id, source_table) not in (
            select unnest([
                (max_by(load_id, ended_at), source_table),
                (max_by(load_id, ended_at) filter (status = 'succeeded'), source_table),
                (max_by(load_id, watermark) filter (status = 'succeeded'), source_table),
                (max_by(load_id, source_count), source_table)
            ]) from ops.loads group by source_system, source_table
        )
    """,
    "quarantine": "replayed_at < {cutoff}",
}


@dataclass(frozen=True)
class Removed:
    """So much of one place: rows of a table, or bytes of a folder."""

    place: str
    count: int
    unit: str

    def __str__(self) -> str:
        return f"{self.place}: {self.count:,} {self.unit}"


def tidy(settings: Settings, *, dry_run: bool = False, progress: Callable[[str], None] = print) -> list[Removed]:
    """Remove what nobody needs any more, and write the warehouse anew when much of its file is empty.

    With `dry_run` everything is counted and nothing removed.
    """
    with clear_errors(settings), writing(settings, "tidy") as connection:
        found = [*_rows(connection, settings, dry_run), *_files(settings, dry_run)]
        for removed in found:
            progress(f"{'would remove' if dry_run else 'removed'} {removed}")
        if not dry_run:
            prune(settings)
            progress(f"warehouse: {compaction.compact(connection, settings)}")
    return found


def superseded(table: Table, days: int) -> str:
    """A query of the rowids of the versions of a raw table that nobody needs any more."""
    key, cutoff = quoted(table.key), constant(utc_now() - timedelta(days=days))
    history = HISTORY.get(table.raw_name, ())
    changed = [
        f"{column} is distinct from {to}({column}) over versions" for column in history for to in ("lag", "lead")
    ]
    return f"""
        select row_number from (
            select version.rowid as row_number, greatest(_loaded_at, lead(_loaded_at) over versions) as superseded_at,
                lead(_loaded_at) over versions is null as is_newest,
                {"row_number() over versions = 1" if history else "false"} as is_first,
                {" or ".join(changed) or "false"} as is_history
            from raw.{table.raw_name} as version
            left join (
                select {key} as gone_key, max(_deleted_noticed_at) as gone_at from raw.{table.raw_name}
                where _deleted_noticed_at is not null group by 1
            ) on {key} = gone_key
            where {key} in (select {key} from raw.{table.raw_name} group by {key} having count(*) > 1)
            window versions as (
                -- as sources/versions.py has it: of a record that was deleted once, what came later counts
                partition by {key}
                order by coalesce(_loaded_at > gone_at, true), _deleted_noticed_at nulls first, updated_at, _loaded_at,
                    _row_hash
            )
        )
        where superseded_at < {cutoff} and not is_newest and not is_first and not is_history
    """


def _rows(connection: duckdb.DuckDBPyConnection, settings: Settings, dry_run: bool) -> Iterator[Removed]:
    cutoff = constant(utc_now() - timedelta(days=settings.keep_log_days))
    conditions = {f"ops.{name}": condition.format(cutoff=cutoff) for name, condition in OPS.items()}
    if settings.keep_raw_days:
        conditions |= {
            f"raw.{table.raw_name}": f"rowid in ({superseded(table, settings.keep_raw_days)})"
            for table in TABLES.values()
        }
    for name, condition in conditions.items():
        (rows,) = connection.execute(
            f"select count(*) from {name} where {condition}" if dry_run else f"delete from {name} where {condition}"
        ).fetchone()
        if rows:
            yield Removed(name, rows, "rows")


def _files(settings: Settings, dry_run: bool) -> Iterator[Removed]:
    cutoff = time.time() - settings.keep_log_days * 86400
    logs = [
        path
        for folder in (settings.home / "logs", settings.home / "dbt" / "logs", settings.home / "airflow" / "logs")
        for path in folder.rglob("*")
        if path.is_file() and not path.is_symlink()
    ]
    beside = set_aside_files(settings)
    unfinished = [path for path in beside if path.name.split(".")[2].startswith(("restoring", "compacting"))]
    old_logs = [path for path in logs if path.stat().st_mtime < cutoff]
    aside = [path for path in beside if ".damaged-" in path.name and path.stat().st_mtime < cutoff]
    for what, old in (("logs", old_logs), ("damaged files set aside", aside), ("unfinished copies", unfinished)):
        size = sum(_size(path) for path in old)
        if not dry_run:
            for path in old:
                _remove(path)
        if old:
            yield Removed(what, size, f"bytes in {len(old)} files")


def _size(path: Path) -> int:
    return sum(each.stat().st_size for each in (path.rglob("*") if path.is_dir() else [path]) if each.is_file())


def _remove(path: Path) -> None:
    """The file, and the folders of one task or day that hold nothing then."""
    shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    for folder in path.parents:
        if "logs" not in folder.parent.parts or os.listdir(folder):
            break
        folder.rmdir()
