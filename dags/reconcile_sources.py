"""Every source against raw by content, every week: what was lost, altered, doubled or deleted without a word.

A pull goes by `updated_at`; what changes without moving it, or is gone, only a comparison of everything finds. What
differs is pulled again, record by record, and what is gone is marked; the next build leaves it out. A table that lost
suspiciously much, or a source that is out of reach, fails the task and leaves raw as it is.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import CronTriggerTimetable, dag, task
from shared import DEFAULT_ARGS, recorded_step, report_timeout

from customer360 import pipeline


@dag(
    schedule=CronTriggerTimetable("0 12 * * 0", timezone="UTC"),
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"execution_timeout": timedelta(hours=12)},
    dagrun_timeout=timedelta(hours=36),
    on_failure_callback=report_timeout,
    tags=["ingest", "reconcile"],
    doc_md=__doc__,
)
def reconcile_sources():
    @task
    def orders():
        """Compares the shop's tables with raw, row by row where blocks differ."""
        with recorded_step() as (settings, run_id):
            pipeline.reconcile(settings, "orders", run_id=run_id)

    @task
    def tickets():
        """Reads the helpdesk's exports again: archived tickets, changes by automations, deletions."""
        with recorded_step() as (settings, run_id):
            pipeline.reconcile(settings, "tickets", run_id=run_id)

    @task
    def members():
        """Reads the member files that are there again, and looks for each of their rows in raw."""
        with recorded_step() as (settings, run_id):
            pipeline.reconcile(settings, "members", run_id=run_id)

    orders(), tickets(), members()


reconcile_sources()
