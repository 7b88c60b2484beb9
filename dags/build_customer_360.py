"""Raw to published marts: checked before the build, checked again before anyone sees the result.

Runs once all three sources were pulled anew. A gate that fails ends the run, and the last good publication stays.
"""

from __future__ import annotations

from datetime import timedelta

import pendulum
from airflow.sdk import chain, dag, task
from shared import (
    CUSTOMER_360,
    DEFAULT_ARGS,
    RAW_MEMBERS,
    RAW_ORDERS,
    RAW_TICKETS,
    WAREHOUSE_POOL,
    recorded_step,
    report_timeout,
)

from customer360 import pipeline


@dag(
    schedule=RAW_ORDERS & RAW_TICKETS & RAW_MEMBERS,
    start_date=pendulum.datetime(2024, 1, 1, tz="UTC"),
    catchup=False,
    max_active_runs=1,
    default_args=DEFAULT_ARGS | {"pool": WAREHOUSE_POOL},
    dagrun_timeout=timedelta(hours=8),
    on_failure_callback=report_timeout,
    tags=["build", "publish"],
    doc_md=__doc__,
)
def build_customer_360():
    @task
    def check_raw():
        """Is everything there that the sources have? IncompleteError stops the run here."""
        with recorded_step() as (settings, run_id):
            pipeline.check(settings, run_id=run_id, stage="raw")

    @task
    def build():
        """One dbt build: staging, identity, intermediate models, marts, and their tests."""
        with recorded_step() as (settings, run_id):
            pipeline.build(settings, run_id=run_id)

    @task
    def check_publication():
        """Do the marts account for every record and every penny of raw?"""
        with recorded_step() as (settings, run_id):
            pipeline.check(settings, run_id=run_id, stage="publication")

    @task(outlets=[CUSTOMER_360])
    def publish():
        """A new file beside the old one, swapped in whole."""
        with recorded_step() as (settings, run_id):
            pipeline.publish(settings, run_id=run_id)

    chain(check_raw(), build(), check_publication(), publish())


build_customer_360()
