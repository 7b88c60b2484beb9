"""Every night: a backup of what cannot be computed again, then away with what nobody needs any more.

The backup comes first, so that what goes can be had again from it for a week. Both hold the warehouse for seconds.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import chain, dag, task
from shared import DEFAULT_ARGS, WAREHOUSE_POOL, recorded_step, report_timeout

from customer360 import pipeline


@dag(
    schedule="0 4 * * *",
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"pool": WAREHOUSE_POOL},
    dagrun_timeout=timedelta(hours=6),
    on_failure_callback=report_timeout,
    tags=["backup", "tidy"],
    doc_md=__doc__,
)
def tidy_warehouse():
    @task
    def backup():
        """Raw, ops, identity's memory and the models that remember, verified, in `backups/`."""
        with recorded_step() as (settings, _):
            pipeline.backup(settings)

    @task
    def tidy():
        """Superseded versions, old records and logs go; the file is written anew when much of it is empty."""
        with recorded_step() as (settings, _):
            pipeline.tidy(settings)

    chain(backup(), tidy())


tidy_warehouse()
