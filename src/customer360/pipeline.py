"""The main job, step by step: what the command line and the DAGs both call."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from datetime import datetime

from customer360 import lineage
from customer360.config import Settings
from customer360.errors import SourceError, one_source_error
from customer360.warehouse import recorded_run

SOURCES = ("orders", "tickets", "members")
Progress = Callable[[str], None]


def pull(
    settings: Settings,
    source: str,
    *,
    run_id: str,
    since: datetime | None = None,
    until: datetime | None = None,
    progress: Progress = print,
) -> list:
    """Pull one source (`orders`, `tickets` or `members`) into raw; returns its loads, one per table.

    `since` and `until` are naive UTC and bound `updated_at`; left out, the pull goes on from the last watermark.
    Raises SourceError.
    """
    module = importlib.import_module(f"customer360.sources.{source}")
    with lineage.step(settings, f"pull {source}", run_id=run_id) as step:
        loads = module.pull(settings, run_id=run_id, since=since, until=until, progress=progress)
        step.loaded(loads)
    return loads


def reconcile(
    settings: Settings,
    *sources: str,
    run_id: str,
    since: datetime | None = None,
    until: datetime | None = None,
    report_only: bool = False,
    accept_deletions: bool = False,
    progress: Progress = print,
) -> None:
    """Compare sources (default: all) with raw by content, and repair what differs.

    Raises SourceError, or ReconciliationError when differences are left.
    """
    from customer360.reconcile import reconcile as reconcile_sources

    reconcile_sources(
        settings,
        sources or SOURCES,
        run_id=run_id,
        since=since,
        until=until,
        report_only=report_only,
        accept_deletions=accept_deletions,
        progress=progress,
    )


def build(
    settings: Settings, *, run_id: str, full_refresh: bool = False, retry: bool = False, with_tests: bool = True
) -> None:
    """Build and test every model with dbt; what is built `with_tests=False` is not published. Raises BuildError."""
    from customer360.build import build as build_models

    with lineage.step(settings, "build", run_id=run_id) as step:
        made = build_models(settings, run_id=run_id, full_refresh=full_refresh, retry=retry, with_tests=with_tests)
        step.built(made.results)


def check(settings: Settings, *, run_id: str, stage: str, progress: Progress = print) -> None:
    """Check completeness at `raw` or `publication`. Raises IncompleteError, or CheckCrashedError when a check broke."""
    from customer360.quality import check as check_completeness

    with lineage.step(settings, f"check {stage}", run_id=run_id) as step:
        step.checks(stage)  # of a check that fails, what failed
        check_completeness(settings, run_id=run_id, stage=stage)
    progress(f"completeness of {stage}: passed; report in {settings.quality_report}")


def publish(
    settings: Settings, *, run_id: str, rollback: bool = False, to: str | None = None, progress: Progress = print
) -> None:
    """Publish the checked marts, or go back to an earlier publication. Raises PublicationError."""
    from customer360 import publish as publication

    with lineage.step(settings, "publish --rollback" if rollback else "publish", run_id=run_id) as step:
        if rollback:
            made = publication.rollback(settings, run_id=run_id, to=to)
        else:
            made = publication.publish(settings, run_id=run_id)
        step.published(made.folder, is_rollback=rollback)
    progress(f"publication {made.publication_id} is current: {settings.published / 'customer_360.duckdb'}")


def backup(settings: Settings, *, folder: str | None = None, progress: Progress = print) -> None:
    """Keep everything that cannot be computed again. Raises BackupError."""
    from customer360 import backup as backups

    progress(f"backup: {backups.make(settings, folder)}")


def tidy(settings: Settings, *, dry_run: bool = False, progress: Progress = print) -> None:
    """Remove what nobody needs any more, and compact the warehouse's file."""
    from customer360 import retention

    retention.tidy(settings, dry_run=dry_run, progress=progress)


def run(settings: Settings, *, full_refresh: bool = False, progress: Progress = print) -> None:
    """All of it without a scheduler.

    Every source is pulled even when one fails; a failed source stops the run before the build.
    """
    with recorded_run(settings, "run") as run_id:
        failures = []
        for source in SOURCES:
            try:
                pull(settings, source, run_id=run_id, progress=progress)
            except SourceError as error:
                failures.append(error)
                progress(f"pull {source} failed: {error}")
        if failures:
            before = "The last publication stays as it is, because a source failed:\n"
            raise one_source_error(failures, before=before)
        check(settings, run_id=run_id, stage="raw", progress=progress)
        build(settings, run_id=run_id, full_refresh=full_refresh)
        check(settings, run_id=run_id, stage="publication", progress=progress)
        publish(settings, run_id=run_id, progress=progress)
