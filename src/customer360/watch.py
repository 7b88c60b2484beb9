"""Whether all is well: `customer360 watch`, and every hour the DAG watch_warehouse.

It looks at what is there, not at who should have made it: a source that was not loaded and a publication that is too
old are noticed whatever the reason, a paused DAG included, and a dead scheduler too when cron runs the command. What
was never there is missed from the first look on.

It never waits for the warehouse. While a build holds it, what is known comes from the last look and from the published
file, which is enough for figures of hours.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import click
import duckdb

from customer360 import alerts
from customer360.config import Settings, load_settings
from customer360.errors import WarehouseBusyError, WarehouseDamagedError, WatchError
from customer360.sources.contract import PULLS
from customer360.warehouse import reading, utc_now

LONGEST_HOLD = timedelta(hours=6)  # of the warehouse by one process
LONGEST_RUN = timedelta(hours=24)  # of a command that says it is running
GATES_IN_A_ROW = 3
QUARANTINED_ROWS, QUARANTINED_SHARE = 10, 0.01  # in a day: both, and twice the usual, before anybody is told
LEAST_FREE_BYTES = 1 << 30

LOADED = """
    select source_system || '.' || source_table, max(ended_at) from ops.loads where status = 'succeeded' group by all
"""
UNFINISHED = """
    select command, run_id, started_at from ops.pipeline_runs where status = 'running' and started_at < {before}
    union all
    select 'build', run_id, finished_at from (
        select * from ops.model_runs where resource_type = 'build' order by finished_at desc limit 1
    ) where status = 'running'
"""
GATES = """
    select stage, max(failures) from (
        select stage, checked_at, count(*) filter (status in ('failed', 'crashed')) as failures
        from ops.completeness_results group by stage, checked_at
        qualify row_number() over (partition by stage order by checked_at desc) <= {runs}
    ) group by stage having count(*) = {runs} and min(failures) > 0
"""
QUARANTINE = """
    with days as (
        select source_system || '.' || source_table as name,
            count(*) filter (quarantined_at >= {day}) as new_rows,
            count(*) filter (quarantined_at < {day}) / 14 as usual_rows
        from ops.quarantine where replayed_at is null and quarantined_at >= {fortnight} group by all
    ), read as (
        select source_system || '.' || source_table as name, sum(rows_read) as rows_read
        from ops.loads where ended_at >= {day} group by all
    )
    select name, new_rows, usual_rows from days left join read using (name)
    where new_rows >= {least} and new_rows > {share} * coalesce(rows_read, 0) and new_rows > 2 * usual_rows
    order by name
"""


@dataclass(frozen=True)
class Finding:
    """One thing that needs a person: its kind of alert, what it is about, and both in words."""

    kind: str
    subject: str
    title: str
    message: str = ""


@dataclass
class Look:
    """What was looked at and what was found: a kind that could not be looked at is neither well nor over."""

    findings: list[Finding] = field(default_factory=list)
    kinds: set[str] = field(default_factory=set)

    def add(self, kind: str, findings: Iterator[Finding]) -> None:
        self.kinds.add(kind)
        self.findings += findings


def watch(settings: Settings) -> list[Finding]:
    """Look, tell of what is wrong, and of what was wrong and is over; returns what is wrong."""
    seen = look(settings)
    for finding in seen.findings:
        alerts.send(settings, finding.kind, finding.title, finding.message, subject=finding.subject)
    wrong = {(finding.kind, finding.subject) for finding in seen.findings}
    for kind, subject in alerts.open_alerts(settings) - wrong:
        if kind in seen.kinds:
            alerts.over(settings, kind, subject)
    return seen.findings


def look(settings: Settings, *, now: datetime | None = None) -> Look:
    """Everything there is to notice, without waiting for anybody."""
    now, seen = now or utc_now(), Look()
    notes = _noted(settings, now)
    seen.add("disk_low", _disk(settings))
    seen.add("publication_stale", _publication(settings, notes["first look"], now))
    try:
        with _warehouse(settings) as connection:
            if connection is not None:
                notes |= dict(connection.execute(LOADED).fetchall())
                seen.add("run_killed", _unfinished(connection, now))
                seen.add("gate_failing", _gates(connection))
                seen.add("quarantine_growing", _quarantine(connection, now))
            seen.add("source_stale", _sources(settings, notes, now))
        seen.kinds |= {"warehouse_held", "warehouse_damaged"}
    except WarehouseBusyError as error:
        seen.add("warehouse_held", _held(settings, str(error), now))
        seen.add("source_stale", _sources(settings, notes | _published_loads(settings, notes), now))
    except (duckdb.BinderException, duckdb.CatalogException):
        pass  # made by an earlier version of this package: the next command that writes brings what is new
    except (WarehouseDamagedError, duckdb.Error) as error:
        text = str(error) if isinstance(error, WarehouseDamagedError) else type(error).__name__
        seen.add(
            "warehouse_damaged", iter([Finding("warehouse_damaged", "warehouse", "the warehouse is damaged", text)])
        )
    _note(settings, notes)
    return seen


@contextlib.contextmanager
def _warehouse(settings: Settings) -> Iterator[duckdb.DuckDBPyConnection | None]:
    """The warehouse, if nobody writes to it; None before the first load. A moment's use by others is waited for."""
    if not settings.warehouse.exists():
        yield None
        return
    with reading(settings, "watch", wait_seconds=2) as connection:
        yield connection


def _disk(settings: Settings) -> Iterator[Finding]:
    folder = settings.home if settings.home.exists() else settings.home.parent
    free = shutil.disk_usage(folder).free
    size = settings.warehouse.stat().st_size if settings.warehouse.exists() else 0
    needed = max(2 * size, LEAST_FREE_BYTES)
    if free < needed:
        message = (
            f"{free / 1e9:.1f} GB are free where {settings.home} is; the next build may need {needed / 1e9:.1f} GB."
        )
        yield Finding("disk_low", "disk", "little disk is left", message)


def _publication(settings: Settings, first_look: datetime, now: datetime) -> Iterator[Finding]:
    manifest, title = settings.published / "current" / "manifest.json", "the current publication is old"
    try:
        made = datetime.fromisoformat(json.loads(manifest.read_text(encoding="utf-8"))["published_at"])
        message = f"It was made {_ago(now - made)} ago, at {made:%Y-%m-%d %H:%M} UTC."
    except (OSError, ValueError, KeyError):
        made, title, message = first_look, "nothing is published", f"There is no {manifest}."
    if now - made > timedelta(hours=settings.stale_after_hours):
        yield Finding("publication_stale", "publication", title, message)


def _sources(settings: Settings, notes: dict[str, datetime], now: datetime) -> Iterator[Finding]:
    limit = timedelta(hours=settings.stale_after_hours)
    for source, tables in PULLS.items():
        known = {table.name: notes.get(f"{table.source}.{table.name}") for table in tables}
        stale = {name: at for name, at in known.items() if now - (at or notes["first look"]) > limit}
        if stale:
            words = [f"{name} ({_ago(now - at)} ago)" if at else f"{name} (never)" for name, at in stale.items()]
            title = f"{source}: not loaded for {settings.stale_after_hours} hours"
            yield Finding("source_stale", source, title, f"Last loaded without an error: {', '.join(words)}.")


def _unfinished(connection: duckdb.DuckDBPyConnection, now: datetime) -> Iterator[Finding]:
    """Who writes holds the warehouse, and now nobody does: a build that says it is running was killed."""
    rows = connection.execute(UNFINISHED.format(before=_moment(now - LONGEST_RUN))).fetchall()
    for command, run_id, since in rows:
        message = f"Run {run_id} began at {since:%Y-%m-%d %H:%M} UTC and never ended."
        yield Finding("run_killed", command, f"{command} says it is running, but is not", message)


def _gates(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    for stage, failures in connection.execute(GATES.format(runs=GATES_IN_A_ROW)).fetchall():
        message = f"Up to {failures} checks failed in each of the last {GATES_IN_A_ROW} runs; nothing new is published."
        yield Finding("gate_failing", stage, f"the gate of {stage} fails again and again", message)


def _quarantine(connection: duckdb.DuckDBPyConnection, now: datetime) -> Iterator[Finding]:
    times = {"day": _moment(now - timedelta(days=1)), "fortnight": _moment(now - timedelta(days=15))}
    query = QUARANTINE.format(**times, least=QUARANTINED_ROWS, share=QUARANTINED_SHARE)
    for name, new, usual in connection.execute(query).fetchall():
        message = f"{new} rows in the last 24 hours, {usual:.1f} a day in the two weeks before."
        yield Finding("quarantine_growing", name, f"more rows of {name} than usual do not fit", message)


def _held(settings: Settings, message: str, now: datetime) -> Iterator[Finding]:
    """A long build is no alarm before LONGEST_HOLD; a program that holds the file without our lock is one at once."""
    try:
        since = datetime.fromisoformat(json.loads(settings.lock_file.read_text(encoding="utf-8"))["since"])
    except (OSError, ValueError, KeyError):
        since = datetime.min
    if now - since > LONGEST_HOLD:
        yield Finding("warehouse_held", "warehouse", "the warehouse is held by another program", message)


def _noted(settings: Settings, now: datetime) -> dict[str, datetime]:
    """When each table was last loaded, as the last look saw it, and when the first look was."""
    try:
        notes = json.loads((settings.home / "alerts" / "seen.json").read_text(encoding="utf-8"))
        return {"first look": now} | {name: datetime.fromisoformat(at) for name, at in notes.items()}
    except (OSError, ValueError, AttributeError):
        return {"first look": now}


def _note(settings: Settings, notes: dict[str, datetime]) -> None:
    folder = settings.home / "alerts"
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        aside = folder / f".seen.{os.getpid()}"
        aside.write_text(json.dumps({name: at.isoformat() for name, at in notes.items()}, indent=1), encoding="utf-8")
        os.replace(aside, folder / "seen.json")


def _published_loads(settings: Settings, notes: dict[str, datetime]) -> dict[str, datetime]:
    """What the published file knows of loads, where that is newer."""
    with (
        contextlib.suppress(duckdb.Error),
        duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection,
    ):
        return {name: max(at, notes.get(name, at)) for name, at in connection.execute(LOADED).fetchall()}
    return {}


def _moment(moment: datetime) -> str:
    return f"timestamp '{moment:%Y-%m-%d %H:%M:%S}'"


def _ago(age: timedelta) -> str:
    hours = age.total_seconds() / 3600
    return f"{hours:.0f} hours" if hours < 72 else f"{hours / 24:.0f} days"


@click.command("watch")
@click.option("--test-alert", is_flag=True, help="Send a test message to CUSTOMER360_ALERT_URL, and do nothing else.")
def command(test_alert: bool) -> None:
    """Look for what needs a person: stale sources, an old publication, little disk, gates that fail; tell the webhook.

    Exit code 17 when there is something. Never waits for the warehouse.
    """
    settings = load_settings()
    if test_alert:
        settings.required("alert_url")
        if not alerts.send(settings, "test", f"test alert {utc_now():%Y-%m-%d %H:%M:%S}", subject=str(os.getpid())):
            raise WatchError("The test alert could not be delivered; the line above says why.")
        click.echo("The test alert was delivered.")
        return
    found = watch(settings)
    if found:
        raise WatchError("\n".join(f"{finding.kind}: {finding.title}. {finding.message}" for finding in found))
    click.echo("All is well.")
