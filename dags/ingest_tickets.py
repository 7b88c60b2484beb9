"""The helpdesk's tickets, with their events, users and ratings, into raw, every day."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag, task
from shared import DEFAULT_ARGS, RAW_TICKETS, recorded_step, report_timeout, window

from customer360 import pipeline


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    dagrun_timeout=timedelta(hours=12),
    on_failure_callback=report_timeout,
    tags=["ingest", "tickets"],
    doc_md=__doc__,
)
def ingest_tickets():
    @task(outlets=[RAW_TICKETS], execution_timeout=timedelta(hours=6))
    def pull():
        """Follows the helpdesk's incremental export from where the last load ended and appends what is new to raw."""
        with recorded_step() as (settings, run_id):
            pipeline.pull(settings, "tickets", run_id=run_id, **window())

    pull()


ingest_tickets()
