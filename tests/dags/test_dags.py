"""The DAGs as Airflow reads them: which there are, when and in what order they run, and what happens when they fail."""

from __future__ import annotations

import ast
import itertools
import json
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import shared
from airflow.sdk.exceptions import AirflowTaskTimeout

from customer360 import errors
from customer360.errors import Customer360Error
from tests.receiver import receiver

ROOT = Path(__file__).parents[2]
INGESTS = {"ingest_orders": "raw_orders", "ingest_tickets": "raw_tickets", "ingest_members": "raw_members"}
DAG_IDS = {
    *INGESTS,
    "build_customer_360",
    "erase_customer",
    "reconcile_sources",
    "rollback_publication",
    "tidy_warehouse",
    "watch_warehouse",
}
BUILD_STEPS = ["check_raw", "build", "check_publication", "publish"]


def test_airflow_finds_these_dags_and_no_other(bag):
    assert bag.import_errors == {}
    assert set(bag.dags) == DAG_IDS


def test_there_is_one_file_per_dag_named_for_it_and_none_is_long(bag):
    files = {file.stem: file for file in (ROOT / "dags").glob("*.py")}
    assert set(files) == DAG_IDS | {"shared"}
    for dag_id in DAG_IDS:
        assert bag.dags[dag_id].fileloc == str(files[dag_id])
        lines = len(files[dag_id].read_text().splitlines())
        assert 25 <= lines <= 65, f"{dag_id} has {lines} lines: a DAG says when, in what order and with what pool"


def test_dag_files_hold_no_logic():
    """No branches, loops or SQL: those belong in the package, where they are tested without a scheduler."""
    for dag_id in DAG_IDS:
        tree = ast.parse((ROOT / "dags" / f"{dag_id}.py").read_text())
        found = [
            type(node).__name__ for node in ast.walk(tree) if isinstance(node, ast.If | ast.For | ast.While | ast.Try)
        ]
        assert not found, f"{dag_id} has {found}"


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_every_dag_runs_once_at_a_time_without_catching_up_and_says_what_it_is(bag, dag_id):
    dag = bag.dags[dag_id]
    assert dag.max_active_runs == 1
    assert dag.catchup is False
    assert dag.dagrun_timeout
    assert dag.tags
    assert dag.doc_md
    assert len(dag.doc_md.split()) > 8


@pytest.mark.parametrize("dag_id", sorted(DAG_IDS))
def test_every_task_is_retried_ends_in_time_and_reports_how_it_ended(bag, dag_id):
    assert bag.dags[dag_id].on_failure_callback is not None
    assert bag.dags[dag_id].on_failure_callback.__name__ == "report_timeout"
    for task in bag.dags[dag_id].tasks:
        assert task.retries == shared.RETRIES
        # Of a task that was killed, which leaves no error to decide upon.
        assert task.retry_delay == timedelta(minutes=1)
        assert task.retry_exponential_backoff == 2
        assert task.max_retry_delay <= timedelta(minutes=30)
        assert timedelta(0) < task.execution_timeout < bag.dags[dag_id].dagrun_timeout
        assert [callback.__name__ for callback in task.on_failure_callback] == ["report_failure"]
        assert [callback.__name__ for callback in task.on_success_callback] == ["report_success"]
        assert task.doc_md, f"{task.task_id} has no docstring"


# Minutes to wait before each next try; every class of error must be decided upon here, and in dags/shared.py.
WAITS = {
    errors.SourceUnreachableError: [5, 15, 30, 60],
    errors.WarehouseBusyError: [1, 2, 5, 10],
    errors.CheckCrashedError: [1],
    errors.UnexpectedError: [1, 5],
    AirflowTaskTimeout: [5],
    ConnectionError: [1, 5],
    errors.SourceError: [],
    errors.SettingError: [],
    errors.IncompleteError: [],
    errors.BuildError: [],
    errors.PublicationError: [],
    errors.IdentityError: [],
    errors.RulesError: [],
    errors.LevelsError: [],
    errors.WarehouseDamagedError: [],
    errors.BackupError: [],
    errors.DiskFullError: [],
    errors.ErasureError: [],
    errors.ReconciliationError: [],
    errors.WatchError: [],
}


def waits(policy, error: BaseException, *, cleared_after: int = 0) -> list[float]:
    """Minutes before each next try, until the policy gives up; a task that was cleared counts its tries on."""
    found: list[float] = []
    for try_number in itertools.count(cleared_after + 1):
        decision = policy.evaluate(error, try_number=try_number, max_tries=cleared_after + shared.RETRIES)
        if decision.action.value == "fail":
            return found
        found.append(decision.retry_delay / timedelta(minutes=1))
    raise AssertionError


@pytest.mark.parametrize(("error", "expected"), WAITS.items())
def test_an_error_is_retried_as_often_and_as_patiently_as_its_kind_may_take_to_mend(bag, error, expected):
    for dag in bag.dags.values():
        for task in dag.tasks:
            assert waits(task.retry_policy, error("message")) == expected
    assert waits(task.retry_policy, error("message"), cleared_after=3) == expected
    assert len(expected) <= shared.RETRIES, "Airflow would not try so often"


def test_a_full_disk_is_not_retried_whoever_noticed_it(bag):
    policy = bag.dags["build_customer_360"].get_task("build").retry_policy
    assert waits(policy, OSError(28, "No space left on device")) == []


def test_every_kind_of_error_was_decided_upon():
    """A new error class must be retried or not on purpose: add it to WAITS."""
    kinds = {cls for cls in vars(errors).values() if isinstance(cls, type) and issubclass(cls, Customer360Error)}
    assert kinds - {Customer360Error} == {cls for cls in WAITS if issubclass(cls, Customer360Error)}
    assert len(kinds) > 10


def test_the_runbook_has_the_table_of_retries():
    """A row for every kind that is retried, with its pauses."""
    page = (ROOT / "docs" / "runbook.md").read_text(encoding="utf-8")
    for kind, minutes in shared.WAITS.items():
        if minutes and kind is not Exception:
            row = next(line for line in page.splitlines() if line.startswith("|") and f"`{kind.__name__}`" in line)
            assert f"| {', '.join(map(str, minutes))} |" in row


@pytest.mark.parametrize("dag_id", sorted(INGESTS))
def test_an_ingest_covers_a_whole_day_and_announces_its_asset(bag, dag_id):
    from airflow.serialization.serialized_objects import DagSerialization

    dag = bag.dags[dag_id]
    assert [task.task_id for task in dag.tasks] == ["pull"]
    assert [outlet.name for outlet in dag.get_task("pull").outlets] == [INGESTS[dag_id]]
    timetable = DagSerialization.deserialize_dag(DagSerialization.serialize_dag(dag)).timetable
    interval = timetable.infer_manual_data_interval(run_after=datetime(2026, 3, 5, 12, tzinfo=UTC))
    assert (interval.start.isoformat(), interval.end.isoformat()) == (
        "2026-03-04T00:00:00+00:00",
        "2026-03-05T00:00:00+00:00",
    )


def test_the_build_waits_for_all_three_sources_and_publishes_last(bag):
    dag = bag.dags["build_customer_360"]
    condition = dag.timetable.asset_condition
    assert type(condition).__name__ == "AssetAll"
    assert {asset.name for asset in condition.objects} == set(INGESTS.values())
    assert [task.task_id for task in dag.topological_sort()] == BUILD_STEPS
    for before, after in itertools.pairwise(BUILD_STEPS):
        assert dag.get_task(before).downstream_task_ids == {after}
    assert [outlet.name for outlet in dag.get_task("publish").outlets] == ["customer_360"]


def test_what_holds_the_warehouse_throughout_takes_the_one_slot_and_a_pull_takes_none(bag):
    pools = json.loads((ROOT / "ops" / "pools.json").read_text())
    assert {name: pool["slots"] for name, pool in pools.items()} == {"warehouse": 1}
    taken = {f"{dag.dag_id}.{task.task_id}": task.pool for dag in bag.dags.values() for task in dag.tasks}
    assert taken == {f"build_customer_360.{step}": "warehouse" for step in BUILD_STEPS} | {
        f"{dag_id}.pull": "default_pool" for dag_id in INGESTS
    } | {"tidy_warehouse.backup": "warehouse", "tidy_warehouse.tidy": "warehouse"} | {
        "rollback_publication.rollback": "warehouse",
        "erase_customer.erase": "warehouse",
        "watch_warehouse.look": "default_pool",
    } | {f"reconcile_sources.{source}": "default_pool" for source in ("orders", "tickets", "members")}


def callback_request(dag_id: str) -> dict:
    return {"filepath": f"{dag_id}.py", "bundle_name": "dags-folder", "bundle_version": None}


@pytest.fixture
def told(tmp_path, monkeypatch):
    """A receiver that this process tells its alerts to."""
    with receiver() as server:
        monkeypatch.setenv("CUSTOMER360_HOME", str(tmp_path))
        monkeypatch.setenv("CUSTOMER360_ALERT_URL", server.url)
        yield server


def test_a_run_that_took_too_long_is_told_by_airflows_dag_processor_and_a_failed_one_by_its_task(bag, told):
    import structlog
    from airflow.callbacks.callback_requests import DagCallbackRequest
    from airflow.dag_processing.processor import _execute_dag_callbacks

    for reason in ("task_failure", "timed_out"):
        request = DagCallbackRequest(
            **callback_request("ingest_orders"),
            dag_id="ingest_orders",
            run_id="r",
            is_failure_callback=True,
            msg=reason,
        )
        _execute_dag_callbacks(bag, request, structlog.get_logger())
    (facts,) = told.facts
    assert (facts["kind"], facts["dag"], facts["run"]) == ("run_timed_out", "ingest_orders", "r")


def test_a_task_that_was_killed_is_told_by_airflows_dag_processor(bag, told):
    """Whose process is gone cannot tell: the scheduler misses its heartbeat and has the DAG processor call back."""
    import structlog
    from airflow.callbacks.callback_requests import TaskCallbackRequest
    from airflow.dag_processing.processor import _execute_task_callbacks

    identity = {"id": str(uuid.uuid4()), "dag_version_id": str(uuid.uuid4())}
    instance = {"dag_id": "build_customer_360", "task_id": "build", "run_id": "r", "try_number": 5, "map_index": -1}
    request = TaskCallbackRequest(
        **callback_request("build_customer_360"),
        ti=identity | instance,
        task_callback_type="failed",
        msg="no heartbeat",
    )
    _execute_task_callbacks(bag, request, structlog.get_logger())
    (facts,) = told.facts
    assert (facts["kind"], facts["subject"], facts["error"]) == ("task_failed", "build_customer_360.build", "Killed")
