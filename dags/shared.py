"""What the DAGs share: assets, the writer's pool, how failures are retried and reported, and the time a run covers."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from airflow.sdk import Asset, Context, ExceptionRetryPolicy, RetryAction, RetryRule, get_current_context

from customer360.config import Settings, load_settings
from customer360.errors import (
    BackupError,
    BuildError,
    IdentityError,
    IncompleteError,
    LevelsError,
    PublicationError,
    RulesError,
    SettingError,
    WarehouseDamagedError,
)
from customer360.warehouse import recorded_run

RAW_ORDERS = Asset("raw_orders")
RAW_TICKETS = Asset("raw_tickets")
RAW_MEMBERS = Asset("raw_members")
CUSTOMER_360 = Asset("customer_360")

# One slot, for tasks that hold the warehouse from beginning to end: DuckDB has one writer, and waiting here is free.
# A pull takes no slot. It locks the warehouse only while it writes a step (the package sees to that), for a slow source
# must not keep the others, or the build, waiting.
WAREHOUSE_POOL = "warehouse"

# A source that is down may be back in a minute. Missing rows, a broken model or a wrong setting do not mend themselves.
RETRY_WHAT_MAY_MEND = ExceptionRetryPolicy(
    rules=[
        RetryRule(
            exception=[
                SettingError,
                IncompleteError,
                BuildError,
                PublicationError,
                IdentityError,
                RulesError,
                LevelsError,
                WarehouseDamagedError,
                BackupError,
            ],
            action=RetryAction.FAIL,
            reason="needs a person: running it again would end the same way",
        )
    ]
)


def report_failure(context: Context) -> None:
    """Log one line an operator can act on; it holds the message of the error, which never quotes a person's data."""
    instance, error = context["task_instance"], context.get("exception")
    logging.getLogger("customer360").error(
        "FAILED %s.%s, run %s, try %s: %s: %s",
        instance.dag_id, instance.task_id, instance.run_id, instance.try_number, type(error).__name__, error,
    )  # fmt: skip


DEFAULT_ARGS = {
    "owner": "data-engineering",
    "retries": 3,
    "retry_delay": timedelta(minutes=1),
    "retry_exponential_backoff": 2.0,
    "max_retry_delay": timedelta(minutes=30),
    "retry_policy": RETRY_WHAT_MAY_MEND,
    "execution_timeout": timedelta(hours=2),
    "on_failure_callback": report_failure,
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
