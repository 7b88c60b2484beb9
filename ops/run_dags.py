"""Run the four DAGs once, in order, in this one process: Airflow executes and records them, no server stays behind.

Starting Airflow takes seconds, so it is started once. Its log goes to a file; the screen gets one line per DAG and,
when a task fails, the one screen that its error holds. `make up` runs the same DAGs on a schedule.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from prepare_airflow import prepare_tables_and_pool

ROOT = Path(__file__).resolve().parents[1]
DAG_IDS = ("ingest_orders", "ingest_tickets", "ingest_members", "build_customer_360")


def main() -> int:
    """Exit code: 0, or that of the error a task ended with (see customer360/errors.py)."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log", type=Path, required=True, help="where Airflow's own log goes")
    log = parser.parse_args().log
    with output_to(log) as screen:
        failure = run_all(screen)
        if failure is None:
            return 0
        print(f"\n{type(failure).__name__}: {failure}\n\nAirflow's log: {log}", file=screen)
    return getattr(failure, "exit_code", 1)


@contextlib.contextmanager
def output_to(log: Path) -> Iterator:
    """Send what this process and its libraries print to the log; yields the screen."""
    with open(os.dup(1), "w", buffering=1) as screen, open(log, "a") as file:
        for descriptor in (1, 2):
            os.dup2(file.fileno(), descriptor)
        try:
            yield screen
        finally:
            sys.stdout.flush()
            for descriptor in (1, 2):
                os.dup2(screen.fileno(), descriptor)


def run_all(screen) -> BaseException | None:
    """Run the DAGs until one fails; returns the error that its task ended with."""
    from airflow.dag_processing.dagbag import BundleDagBag  # imported here: it logs, and that belongs in the log

    prepare_tables_and_pool()
    folder = ROOT / "dags"
    bag = BundleDagBag(dag_folder=str(folder), bundle_path=folder, bundle_name="dags-folder")
    if bag.import_errors:
        return ImportError("\n".join(f"{file}:\n{error}" for file, error in bag.import_errors.items()))
    errors: list[BaseException] = []
    for dag_id in DAG_IDS:
        dag = bag.dags[dag_id]
        for task in dag.tasks:
            task.retries = 0  # someone is waiting at the screen: say what is wrong now
            task.on_failure_callback = [*task.on_failure_callback, lambda context: errors.append(context["exception"])]
        started = time.monotonic()
        state = str(dag.test().state)
        print(f"{dag_id:<20} {state:<8} {time.monotonic() - started:5.1f} s", file=screen)
        if state != "success":
            return errors[0] if errors else RuntimeError(f"{dag_id} ended as {state}")
    forget_queued_assets()
    return None


def forget_queued_assets() -> None:
    """The build has seen what the ingests announced; left in the queue, that would start one more under `make up`."""
    from airflow.models.asset import AssetDagRunQueue
    from airflow.utils.session import create_session
    from sqlalchemy import delete

    with create_session() as session:
        session.execute(delete(AssetDagRunQueue))


if __name__ == "__main__":
    sys.exit(main())
