"""An earlier publication becomes current again, because something wrong was published. Started by a person only.

`to` is an id of ops.publications that is kept; left empty, it is the publication before the current one. Readers see
one swap, as with any publication. The warehouse stays as it is, so the next build publishes what it makes.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context, task
from shared import CUSTOMER_360, DEFAULT_ARGS, WAREHOUSE_POOL, recorded_step, report_timeout

from customer360 import pipeline


@dag(
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"pool": WAREHOUSE_POOL},
    dagrun_timeout=timedelta(hours=6),
    on_failure_callback=report_timeout,
    params={"to": Param(None, type=["null", "string"], pattern="^publication_[0-9T_]+$", title="Publication to go to")},
    tags=["publish"],
    doc_md=__doc__,
)
def rollback_publication():
    @task(outlets=[CUSTOMER_360])
    def rollback():
        """Checks that the earlier publication is whole, then makes it current in one step."""
        with recorded_step() as (settings, run_id):
            pipeline.publish(settings, run_id=run_id, rollback=True, to=get_current_context()["params"]["to"])

    rollback()


rollback_publication()
