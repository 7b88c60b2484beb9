"""A person is erased everywhere and for good, and what the books need stays without them. Started by a person only.

`customer` is a customer's id or one of its records, such as shop.customers:C0042: an id and nothing else, since Airflow
keeps parameters (the erasure takes it out there too). Left empty, an erasure that was interrupted is finished. The
certificate is in `erasures/` under the home folder.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import Param, dag, get_current_context, task
from shared import CUSTOMER_360, DEFAULT_ARGS, WAREHOUSE_POOL, recorded_step, report_timeout

from customer360 import erasure

REASONS = ["asked by the person", "asked by the person's representative", "no longer needed", "ordered by an authority"]


@dag(
    schedule=None,
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"pool": WAREHOUSE_POOL},
    dagrun_timeout=timedelta(hours=8),
    on_failure_callback=report_timeout,
    params={
        "customer": Param(None, type=["null", "string"], pattern="^[A-Za-z0-9_.:-]+$", title="Customer or record"),
        "why": Param(REASONS[0], type="string", enum=REASONS, title="Reason, as the certificate gives it"),
    },
    tags=["erase", "publish"],
    doc_md=__doc__,
)
def erase_customer():
    @task(outlets=[CUSTOMER_360])
    def erase():
        """Raw, memory, models, publications, backups and files, then a search that proves it; repeating goes on."""
        with recorded_step() as (settings, run_id):
            params = get_current_context()["params"]
            erasure.erase(settings, [params["customer"] or ""], who="erase_customer", why=params["why"], run_id=run_id)

    erase()


erase_customer()
