"""The shop's orders, with their lines, payments, returns, customers and products, into raw, every day."""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import CronDataIntervalTimetable, dag, task
from shared import DEFAULT_ARGS, RAW_ORDERS, recorded_step, report_timeout, window

from customer360 import pipeline


@dag(
    schedule=CronDataIntervalTimetable("0 0 * * *", timezone="UTC"),
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS,
    dagrun_timeout=timedelta(hours=12),
    on_failure_callback=report_timeout,
    tags=["ingest", "orders"],
    doc_md=__doc__,
)
def ingest_orders():
    @task(outlets=[RAW_ORDERS])
    def pull():
        """Asks the shop's database for what changed since the last load and appends it to raw as new versions."""
        with recorded_step() as (settings, run_id):
            pipeline.pull(settings, "orders", run_id=run_id, **window())

    pull()


ingest_orders()
