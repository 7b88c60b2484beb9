"""The watch on real warehouses: what it finds, what it leaves alone, and that it waits for nobody."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import duckdb
import pytest

from customer360 import alerts, watch
from customer360.config import Settings
from customer360.sources.contract import PULLS
from customer360.warehouse import utc_now, writer_lock, writing
from tests.receiver import receiver

NOW = utc_now()
HOUR = timedelta(hours=1)


def load(connection, source: str, table: str, at: datetime, *, rows: int = 100) -> None:
    connection.execute(
        """
        insert into ops.loads (load_id, source_system, source_table, started_at, ended_at, duration_seconds, status,
            rows_read, rows_loaded, rows_unchanged, rows_quarantined) values (?, ?, ?, ?, ?, 1, 'succeeded', ?, 1, 0, 0)
        """,
        [f"load_{at:%Y%m%d%H%M%S%f}", source, table, at, at, rows],
    )


def publish(settings: Settings, at: datetime) -> None:
    folder = settings.published / "current"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"published_at": at.isoformat()}))


@pytest.fixture
def healthy(tmp_path) -> Settings:
    """A home in which every table was loaded and published an hour ago."""
    settings = Settings(home=tmp_path)
    with writing(settings, "test") as connection:
        for tables in PULLS.values():
            for table in tables:
                load(connection, table.source, table.name, NOW - HOUR)
    publish(settings, NOW - HOUR)
    return settings


def found(settings: Settings, now: datetime = NOW) -> list[tuple[str, str]]:
    return [(finding.kind, finding.subject) for finding in watch.look(settings, now=now).findings]


def change(settings: Settings, statement: str, values: list | None = None) -> None:
    with writing(settings, "test") as connection:
        connection.execute(statement, values or [])


def test_a_healthy_warehouse_disturbs_nobody(healthy):
    assert found(healthy) == []


def test_every_kind_but_those_of_tasks_is_looked_for(healthy):
    assert watch.look(healthy, now=NOW).kinds == set(alerts.KINDS) - {"task_failed", "run_timed_out", "test"}


def test_a_source_that_was_not_loaded_is_named_with_its_tables(healthy):
    change(healthy, "delete from ops.loads where source_table = 'tickets'")
    old = "update ops.loads set ended_at = ended_at - interval 3 day where source_table in ('users', 'groups')"
    change(healthy, old)
    with writing(healthy, "test") as connection:
        load(connection, "helpdesk", "groups", NOW)
    change(
        healthy, "update ops.loads set status = 'failed' where source_table = 'groups' and ended_at > ?", [NOW - HOUR]
    )
    later = NOW + 35 * HOUR + 30 * timedelta(minutes=1)
    assert found(healthy) == [("source_stale", "tickets")]
    (finding,) = watch.look(healthy, now=NOW).findings
    assert "users (3 days ago)" in finding.message
    assert "groups (3 days ago)" in finding.message, "a load that failed is none"
    assert "satisfaction_ratings" not in finding.message
    assert ("source_stale", "orders") in found(healthy, later)


def test_what_was_never_there_is_missed_only_after_a_while(tmp_path):
    settings = Settings(home=tmp_path)
    assert found(settings) == []
    missed = found(settings, NOW + 37 * HOUR)
    assert missed == [("publication_stale", "publication"), *[("source_stale", source) for source in PULLS]]
    assert not settings.warehouse.exists(), "looking makes no warehouse"


def test_an_old_publication_is_noticed(healthy):
    publish(healthy, NOW - 37 * HOUR)
    assert found(healthy) == [("publication_stale", "publication")]


def test_a_build_that_was_killed_is_noticed_and_one_that_ended_is_not(healthy):
    insert = "insert into ops.model_runs values (?, ?, 'build', 'build', ?, 0, null, null)"
    change(healthy, insert, ["first", NOW - 2 * HOUR, "running"])
    assert found(healthy) == [("run_killed", "build")]
    change(healthy, insert, ["second", NOW - HOUR, "success"])
    assert found(healthy) == []


def test_a_gate_that_fails_three_times_in_a_row_is_noticed(healthy):
    insert = (
        "insert into ops.completeness_results (run_id, checked_at, stage, check_name, status, message) "
        "values (?, ?, 'raw', 'delivered', ?, 'm')"
    )
    for number, status in enumerate(["passed", "failed", "crashed", "failed"]):
        assert found(healthy) == []
        change(healthy, insert, [f"run {number}", NOW - HOUR + timedelta(minutes=number), status])
    for number in range(2):  # of another gate, which has not run more often yet
        change(healthy, insert.replace("'raw'", "'publication'"), [f"run {number}", NOW - number * HOUR, "failed"])
    assert found(healthy) == [("gate_failing", "raw")]


def quarantine(settings: Settings, rows: int, at: datetime) -> None:
    change(
        settings,
        "insert into ops.quarantine (load_id, quarantined_at, source_system, source_table, reason, record) "
        "select 'load', ?, 'shop', 'orders', 'no date', '{}' from range(?)",
        [at, rows],
    )


@pytest.mark.parametrize(
    ("rows", "read", "usual", "is_told"),
    [(9, 100, 0, False), (10, 100, 0, True), (10, 5000, 0, False), (20, 100, 10, False), (21, 100, 10, True)],
)
def test_rows_in_quarantine_are_told_when_they_are_many_for_this_table(healthy, rows, read, usual, is_told):
    change(healthy, "update ops.loads set rows_read = ? where source_table = 'orders'", [read])
    quarantine(healthy, rows, NOW - HOUR)
    quarantine(healthy, usual * 14, NOW - 5 * 24 * HOUR)
    assert found(healthy) == [("quarantine_growing", "shop.orders")] * is_told
    change(healthy, "update ops.quarantine set replayed_at = current_timestamp::timestamp")
    assert found(healthy) == []


def test_little_disk_is_noticed_before_a_build_fails_on_it(healthy, monkeypatch):
    usage = shutil.disk_usage(healthy.home)
    monkeypatch.setattr(watch.shutil, "disk_usage", lambda _: usage._replace(free=watch.LEAST_FREE_BYTES - 1))
    assert found(healthy) == [("disk_low", "disk")]


def test_a_damaged_file_is_noticed(healthy):
    with open(healthy.warehouse, "r+b") as file:
        file.write(b"\0" * 8192)
    assert [kind for kind, _ in found(healthy)] == ["warehouse_damaged"]


def test_the_watch_does_not_wait_for_a_long_build(healthy):
    """While the warehouse is held, what is known comes from the last look and the published file."""
    assert found(healthy) == []
    change(healthy, "update ops.loads set ended_at = ended_at - interval 2 day")  # older than what was seen: not asked
    (healthy.published / "current").rename(healthy.published / "versions")
    (healthy.published / "versions").rename(healthy.published / "current")
    with contextlib.closing(duckdb.connect(str(healthy.published / "customer_360.duckdb"))) as published:
        published.execute("create schema ops; create table ops.loads (source_system varchar, source_table varchar, "
                          "ended_at timestamp, status varchar)")  # fmt: skip
        published.execute("insert into ops.loads values ('shop', 'orders', ?, 'succeeded')", [NOW + 30 * HOUR])
    with writer_lock(healthy, "build"):
        before = time.monotonic()
        assert found(healthy) == []
        assert time.monotonic() - before < 30
        (finding,) = [f for f in watch.look(healthy, now=NOW + 36 * HOUR).findings if f.subject == "orders"]
        assert "customers" in finding.message
        assert " orders" not in finding.message, "the published file knows of a newer load"
        kinds = watch.look(healthy, now=NOW).kinds
        assert "gate_failing" not in kinds, "what could not be looked at is not taken for well"
        held = watch.look(healthy, now=utc_now() + 7 * HOUR).findings
        assert any(f.kind == "warehouse_held" and "build" in f.message for f in held)


def test_a_program_that_is_not_ours_and_holds_the_file_is_noticed(healthy):
    script = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", script, str(healthy.warehouse)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout.readline() == b"open\n"
        assert ("warehouse_held", "warehouse") in found(healthy)
        other.stdin.close()


def test_what_is_found_is_told_once_and_when_it_is_over(healthy):
    with receiver() as server:
        settings = Settings(home=healthy.home, alert_url=server.url)
        publish(settings, NOW - 37 * HOUR)
        for _ in range(2):
            watch.watch(settings)
        publish(settings, NOW)
        for _ in range(2):
            assert watch.watch(settings) == []
    assert [facts["state"] for facts in server.facts] == ["open", "over"]
    assert server.texts[1] == "[customer360] Over: the current publication is old"


def test_what_cannot_be_looked_at_is_not_told_to_be_over(healthy):
    insert = "insert into ops.model_runs values ('first', ?, 'build', 'build', 'running', 0, null, null)"
    change(healthy, insert, [NOW - 2 * HOUR])
    with receiver() as server:
        settings = Settings(home=healthy.home, alert_url=server.url)
        watch.watch(settings)
        with writer_lock(settings, "build"):
            watch.watch(settings)
    assert [(facts["kind"], facts["state"]) for facts in server.facts] == [("run_killed", "open")]


def test_the_command_prints_what_it_finds_and_ends_with_its_exit_code(healthy):
    publish(healthy, NOW - 37 * HOUR)
    with receiver() as server:
        environment = {n: v for n, v in os.environ.items() if not n.startswith("CUSTOMER360")}
        environment |= {"CUSTOMER360_HOME": str(healthy.home), "CUSTOMER360_ALERT_URL": server.url}
        command = [Path(sys.executable).with_name("customer360"), "watch"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        assert done.returncode == 17
        assert "publication_stale: the current publication is old" in done.stderr
        tried = subprocess.run([*command, "--test-alert"], env=environment, capture_output=True, text=True, check=False)
        assert (tried.returncode, tried.stdout) == (0, "The test alert was delivered.\n")
    assert [facts["kind"] for facts in server.facts] == ["publication_stale", "test"]
