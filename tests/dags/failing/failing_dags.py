"""DAGs that fail in every way there is, for test_alerts.py; the error is raised anew in each try."""

from __future__ import annotations

import os
from pathlib import Path

import pendulum
from airflow.sdk import dag, get_current_context, task
from shared import DEFAULT_ARGS

from customer360 import errors

PERSON = "Canary Person canary.person@example.org +49 170 1234567"
TOKEN = os.environ.get("CUSTOMER360_HELPDESK_TOKEN", "")
MENDED = Path(os.environ.get("CUSTOMER360_HOME", ".")) / "mended"
FAILURES = {
    "contract_broken": lambda: errors.SourceError(f"shop.orders: column updated_at is missing; asked with {TOKEN}"),
    "unknown_error": lambda: ValueError(PERSON),
    "disk_full": lambda: OSError(28, "No space left on device"),
    "busy": lambda: errors.WarehouseBusyError("The warehouse is being written by process 1."),
    "passes_by_itself": lambda: errors.SourceUnreachableError("helpdesk: localhost did not answer in time."),
}


def fails(dag_id: str) -> None:
    @dag(dag_id, schedule=None, start_date=pendulum.datetime(2024, 1, 1), default_args=DEFAULT_ARGS)
    def failing():
        @task
        def step():
            passed = dag_id == "passes_by_itself" and get_current_context()["task_instance"].try_number > 2
            if not passed and not MENDED.exists():
                raise FAILURES[dag_id]()

        step()

    failing()


for each in FAILURES:
    fails(each)
