"""The DAGs as Airflow reads them: which there are, when and in what order they run, and what happens when they fail."""

from __future__ import annotations

import ast
import itertools
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from customer360 import errors

ROOT = Path(__file__).parents[2]
INGESTS = {"ingest_orders": "raw_orders", "ingest_tickets": "raw_tickets", "ingest_members": "raw_members"}
DAG_IDS = {*INGESTS, "build_customer_360", "tidy_warehouse"}
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
def test_every_task_is_retried_with_growing_pauses_ends_in_time_and_reports_failure(bag, dag_id):
    for task in bag.dags[dag_id].tasks:
        assert task.retries == 3
        assert task.retry_delay == timedelta(minutes=1)
        assert task.retry_exponential_backoff == 2
        assert task.max_retry_delay <= timedelta(minutes=30)
        assert timedelta(0) < task.execution_timeout < bag.dags[dag_id].dagrun_timeout
        assert [callback.__name__ for callback in task.on_failure_callback] == ["report_failure"]
        assert task.doc_md, f"{task.task_id} has no docstring"


@pytest.mark.parametrize(
    ("error", "action"),
    [
        (errors.SourceError, "default"),
        (errors.WarehouseBusyError, "default"),
        (errors.CheckCrashedError, "default"),
        (errors.SettingError, "fail"),
        (errors.IncompleteError, "fail"),
        (errors.BuildError, "fail"),
        (errors.PublicationError, "fail"),
        (errors.IdentityError, "fail"),
        (errors.RulesError, "fail"),
        (errors.LevelsError, "fail"),
        (errors.WarehouseDamagedError, "fail"),
        (errors.BackupError, "fail"),
        (ConnectionError, "default"),
    ],
)
def test_only_what_may_mend_itself_is_retried(bag, error, action):
    for dag in bag.dags.values():
        for task in dag.tasks:
            decision = task.retry_policy.evaluate(error("message"), try_number=1, max_tries=3)
            assert decision.action.value == action


def test_every_kind_of_error_was_decided_upon():
    """A new error class must be retried or not on purpose: add it above."""
    kinds = {cls.__name__ for cls in errors.Customer360Error.__subclasses__()}
    assert kinds == {
        "SettingError", "SourceError", "IncompleteError", "CheckCrashedError", "WarehouseBusyError", "BuildError",
        "PublicationError", "IdentityError", "RulesError", "LevelsError", "WarehouseDamagedError", "BackupError",
    }  # fmt: skip


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
    } | {"tidy_warehouse.backup": "warehouse", "tidy_warehouse.tidy": "warehouse"}
