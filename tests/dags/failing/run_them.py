"""Run by test_alerts.py in a process of its own, with a DAG folder that holds the product's DAGs and those that fail.

Writes one JSON object: how each run ended, and after how many tries.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
RESULT = Path(sys.argv[1])  # Airflow's command line takes sys.argv over
sys.path[:0] = [str(ROOT / "tests" / "integration"), str(ROOT / "ops"), os.environ["AIRFLOW__CORE__DAGS_FOLDER"]]

from prepare_airflow import prepare_tables_and_pool  # noqa: E402

prepare_tables_and_pool()

import shared  # noqa: E402
import small_warehouse  # noqa: E402
from airflow.dag_processing.dagbag import BundleDagBag  # noqa: E402

from customer360.config import Settings  # noqa: E402
from customer360.publish import current_id, kept_ids, publish  # noqa: E402

shared.WAITS = {kind: tuple(0.001 for _ in waits) for kind, waits in shared.WAITS.items()}  # minutes
folder = Path(os.environ["AIRFLOW__CORE__DAGS_FOLDER"])
bag = BundleDagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="dags-folder")
ended: dict[str, list] = {}


def run(name: str, dag_id: str, **conf) -> None:
    run_ = bag.dags[dag_id].test(run_conf=conf or None)
    (instance,) = run_.get_task_instances()
    ended[name] = [str(run_.state), instance.try_number]


def make_two_publications(settings: Settings) -> None:
    small_warehouse.fill(settings)
    for number in range(2):
        small_warehouse.build(settings)
        small_warehouse.passed(settings)
        publish(settings, run_id=f"run {number}")


for failing in ("contract_broken", "unknown_error", "disk_full", "busy", "passes_by_itself"):
    run(failing, failing)
home = Path(os.environ["CUSTOMER360_HOME"])
home.mkdir(parents=True, exist_ok=True)
(home / "mended").touch()
run("mended", "contract_broken")
run("watch", "watch_warehouse")
make_two_publications(Settings(home=home))
run("rollback_before", "rollback_publication")
run("rollback_to_unknown", "rollback_publication", to="publication_20200101T000000_000000")
RESULT.write_text(
    json.dumps({"ended": ended, "current": current_id(Settings(home=home)), "kept": kept_ids(Settings(home=home))})
)
