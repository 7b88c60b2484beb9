"""What the DAGs share: assets, the writer's pool, how failures are retried and reported, and the time a run covers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from airflow.sdk import Asset, Context, RetryDecision, RetryPolicy, get_current_context
from airflow.sdk.exceptions import AirflowTaskTimeout

from customer360 import alerts
from customer360.config import Settings, load_settings, settings_for_reports
from customer360.errors import (
    CheckCrashedError,
    Customer360Error,
    SourceUnreachableError,
    UnexpectedError,
    WarehouseBusyError,
)
from customer360.redaction import told
from customer360.sources.landing import is_disk_full
from customer360.warehouse import recorded_run

RAW_ORDERS = Asset("raw_orders")
RAW_TICKETS = Asset("raw_tickets")
RAW_MEMBERS = Asset("raw_members")
CUSTOMER_360 = Asset("customer_360")

# One slot, for tasks that hold the warehouse from beginning to end: DuckDB has one writer, and waiting here is free.
# A pull takes no slot. It locks the warehouse only while it writes a step (the package sees to that), for a slow source
# must not keep the others, or the build, waiting.
WAREHOUSE_POOL = "warehouse"

# Minutes to wait before each next try, by what went wrong; none: a person has to do something first. The first that
# fits counts. Killed tasks leave no error: they are tried again as DEFAULT_ARGS says. docs/runbook.md has this table.
RETRIES = 4
WAITS = {
    SourceUnreachableError: (5, 15, 30, 60),
    WarehouseBusyError: (1, 2, 5, 10),
    CheckCrashedError: (1,),
    UnexpectedError: (1, 5),
    Customer360Error: (),
    AirflowTaskTimeout: (5,),
    Exception: (1, 5),
}


class RetryByKind(RetryPolicy):
    """Retries what may mend itself, as patiently as it may take, and nothing else."""

    def evaluate(self, exception, try_number, max_tries, context=None) -> RetryDecision:
        tried = try_number - (max_tries - RETRIES)  # a task that was cleared begins anew
        waits = next((waits for kind, waits in WAITS.items() if isinstance(exception, kind)), ())
        if is_disk_full(exception) or tried > len(waits):
            return RetryDecision.fail(f"{type(exception).__name__}: needs a person, or was tried often enough")
        delay = timedelta(minutes=waits[max(tried, 1) - 1])
        return RetryDecision.retry(delay, f"{type(exception).__name__}: may pass by itself")


def report_failure(context: Context) -> None:
    """A task failed for good: one line in the log and an alert, without secrets or a person's data."""
    instance, error, settings = context["task_instance"], context.get("exception"), settings_for_reports()
    task = f"{instance.dag_id}.{instance.task_id}"
    kind = type(error).__name__ if isinstance(error, BaseException) else "Killed"
    message = (
        told(error, settings) if error else "Its process was killed or lost touch; the log of the task ends there."
    )
    logging.getLogger("customer360").error(
        "FAILED %s, run %s, try %s: %s: %s", task, instance.run_id, instance.try_number, kind, message
    )
    alerts.send(
        settings,
        "task_failed",
        f"{task} failed: {kind}",
        message,
        subject=task,
        dag=instance.dag_id,
        task=instance.task_id,
        run=instance.run_id,
        tries=instance.try_number,
        error=kind,
        exit_code=getattr(error, "exit_code", None),
    )


def report_success(context: Context) -> None:
    """What was told of this task, or of a run of its DAG that hung, is over."""
    instance, settings = context["task_instance"], settings_for_reports()
    alerts.over(settings, "task_failed", f"{instance.dag_id}.{instance.task_id}")
    alerts.over(settings, "run_timed_out", instance.dag_id)


def report_timeout(context: Context) -> None:
    """A DAG run took longer than it may. Airflow calls this for every failed run: the others have told already."""
    if context.get("reason") != "timed_out":
        return
    dag_id, run_id = context["dag"].dag_id, context["run_id"]
    title, message = f"a run of {dag_id} was stopped: it took too long", f"Run {run_id}."
    alerts.send(settings_for_reports(), "run_timed_out", title, message, subject=dag_id, dag=dag_id, run=run_id)


DEFAULT_ARGS = {
    "owner": "data-engineering",
    "retries": RETRIES,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "retry_policy": RetryByKind(),
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": report_failure,
    "on_success_callback": report_success,
}


@contextmanager
def recorded_step() -> Iterator[tuple[Settings, str]]:
    """The settings and the run's id; in ops.pipeline_runs a DAG run is one row: its last step and how that ended."""
    instance, settings = get_current_context()["task_instance"], load_settings()
    step, run_id = f"{instance.dag_id}.{instance.task_id}", f"{instance.dag_id}.{instance.run_id}"
    with recorded_run(settings, step, run_id=run_id):
        yield settings, run_id


def window() -> dict[str, datetime]:
    """`since` and `until` of a backfill run: its data interval. Any other run goes on from the last watermark."""
    run = get_current_context()["dag_run"]
    if run.run_type != "backfill":
        return {}
    return {
        "since": run.data_interval_start.astimezone(UTC).replace(tzinfo=None),
        "until": run.data_interval_end.astimezone(UTC).replace(tzinfo=None),
    }
