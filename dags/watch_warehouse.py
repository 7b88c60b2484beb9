"""Every hour: is a source or the publication stale, the disk nearly full, a gate failing, a killed run left behind?

What it finds goes to the webhook, once, and again when it is over. It waits for nobody, not even for a build. That a
scheduler is down it cannot tell: run `customer360 watch` from cron as well, on a machine that can see the home folder.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import dag, task
from shared import DEFAULT_ARGS, report_timeout

from customer360.config import load_settings
from customer360.watch import watch


@dag(
    schedule="@hourly",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"execution_timeout": timedelta(minutes=10)},
    dagrun_timeout=timedelta(minutes=50),
    on_failure_callback=report_timeout,
    tags=["watch"],
    doc_md=__doc__,
)
def watch_warehouse():
    @task
    def look():
        """Tells what is wrong, and succeeds: the alert is the outcome, not a red task."""
        watch(load_settings())

    look()


watch_warehouse()
