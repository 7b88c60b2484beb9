"""What a killed process leaves behind: the next command says so, and clears it away."""

from __future__ import annotations

import json
import logging
import os
import signal
import subprocess
import sys
import textwrap

import duckdb
import pytest

from customer360 import build as building
from customer360.build import _record_build, build
from customer360.config import Settings
from customer360.errors import BuildError
from customer360.publish import current_id, publish, rollback
from customer360.sources.landing import landing_folder
from customer360.warehouse import reading, recorded_run, writing


@pytest.fixture
def settings(tmp_path):
    return Settings(home=tmp_path / "home")


def killed(settings: Settings, code: str) -> None:
    """Run code with `settings` in a process that then kills itself."""
    setup = f"""
        import os, signal
        from pathlib import Path
        from customer360.config import Settings
        settings = Settings(home=Path({str(settings.home)!r}))
        def die(): os.kill(os.getpid(), signal.SIGKILL)
    """
    program = textwrap.dedent(setup) + textwrap.dedent(code)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr


def runs(settings: Settings) -> list[tuple]:
    with reading(settings, "test") as connection:
        return connection.execute(
            "select command, status, ended_at is null from ops.pipeline_runs order by 1"
        ).fetchall()


def test_a_run_that_was_killed_is_on_record_once_another_has_ended_which_says_so(settings, caplog):
    killed(settings, """
        from customer360.warehouse import recorded_run
        with recorded_run(settings, "pull orders"):
            die()
    """)  # fmt: skip
    with caplog.at_level(logging.WARNING), recorded_run(settings, "check raw"):
        pass
    assert runs(settings) == [("check raw", "succeeded", False), ("pull orders", "killed", True)]
    assert "pull orders" in caplog.text
    assert "was killed" in caplog.text
    assert list((settings.home / "running").iterdir()) == []


def test_a_run_that_is_still_under_way_is_not_called_killed(settings):
    with recorded_run(settings, "a long one"):
        with recorded_run(settings, "a short one"):
            pass
        assert runs(settings) == [("a short one", "succeeded", False)]
    assert runs(settings) == [("a long one", "succeeded", False), ("a short one", "succeeded", False)]


def test_a_run_that_ended_while_the_warehouse_was_busy_is_recorded_as_it_ended(settings, monkeypatch):
    killed(settings, """
        from customer360 import warehouse
        from customer360.errors import WarehouseBusyError
        writing = warehouse.writing
        def busy(*arguments, **named):
            raise WarehouseBusyError("busy")
        warehouse.writing = busy
        with warehouse.recorded_run(settings, "pull members"):
            pass
        die()
    """)  # fmt: skip
    with recorded_run(settings, "later"):
        pass
    assert runs(settings) == [("later", "succeeded", False), ("pull members", "succeeded", False)]


def test_a_step_that_was_killed_and_tried_again_under_one_run_id_ends_as_its_last_try(settings):
    killed(settings, """
        from customer360.warehouse import recorded_run
        with recorded_run(settings, "ingest_orders.pull", run_id="dag run 1"):
            die()
    """)  # fmt: skip
    with recorded_run(settings, "ingest_orders.pull", run_id="dag run 1"):
        pass
    assert runs(settings) == [("ingest_orders.pull", "succeeded", False)]


def test_a_stale_lock_of_a_dead_process_stops_nobody_and_what_it_spilled_goes(settings):
    settings.home.mkdir()
    settings.lock_file.write_text(json.dumps({"pid": 4_000_000, "purpose": "build", "since": "2026-01-01T00:00:00"}))
    for spilled in ("warehouse.duckdb.tmp", "spill"):
        (settings.home / spilled).mkdir()
        (settings.home / spilled / "duckdb_temp_storage-0.tmp").write_bytes(b"x" * 100)
    with writing(settings, "test", wait_seconds=0):
        pass
    assert settings.lock_file.read_text() == ""
    assert not list(settings.home.glob("*spill*")) + list(settings.home.glob("*.tmp"))


def test_what_a_build_that_was_killed_had_spilled_goes(settings):
    killed(settings, """
        from customer360.warehouse import writing
        with writing(settings, "spill") as connection:
            connection.execute("set memory_limit = '60MB'; set threads = 1")
            connection.execute("create temp table t as select i, repeat('x', 500) || i as s from range(400000) as r(i)")
            assert list(settings.home.glob("*.tmp/*")), "nothing was spilled"
            die()
    """)  # fmt: skip
    assert list(settings.home.glob("*.tmp/*"))
    with writing(settings, "test"):
        pass
    assert not list(settings.home.glob("*.tmp"))


@pytest.mark.parametrize("locked", [True, False])
def test_a_landing_folder_of_a_killed_pull_goes_with_or_without_its_lock(settings, locked):
    left = settings.landing / "orders-0123456789ab"
    left.mkdir(parents=True)
    (left / "orders-0.parquet").write_bytes(b"rows")
    if locked:
        (left / ".lock").touch()
    with landing_folder(settings, "orders") as mine:
        assert [path.name for path in settings.landing.iterdir()] == [mine.name]
    assert list(settings.landing.iterdir()) == []


def test_half_recorded_results_of_a_check_count_for_nothing(settings, monkeypatch):
    """A check dies while its results are written: none of them may look like a check that passed."""
    killed(settings, """
        import duckdb
        from customer360 import quality
        result = quality.Result("raw", "delivered", None, None, None, "passed", 1, 1, 0, "ok")
        quality._run = lambda *arguments: [result] * 3
        execute = duckdb.DuckDBPyConnection.execute
        def dies(connection, query, *arguments):
            if str(query).startswith("commit"):
                die()
            return execute(connection, query, *arguments)
        duckdb.DuckDBPyConnection.execute = dies
        quality.check(settings, run_id="killed", stage="raw")
    """)  # fmt: skip
    with reading(settings, "test") as connection:
        assert connection.execute("select count(*) from ops.completeness_results").fetchone() == (0,)


RESUMED = {
    "running": ("build", "the last build was killed"),
    "error": ("retry", ""),
    "error, then loads": ("build", "more was loaded since"),
}


@pytest.mark.parametrize("last", RESUMED)
def test_a_build_is_resumed_only_after_a_failure_and_on_the_same_rows(settings, monkeypatch, last):
    """After a kill, what dbt would go on from is the end of an earlier build."""
    commands, said = [], []
    monkeypatch.setattr(
        building, "_invoke", lambda settings, command, progress: (commands.append(command), ([], "stop"))[1]
    )
    (settings.home / "dbt" / "target").mkdir(parents=True)
    (settings.home / "dbt" / "target" / "run_results.json").write_text("{}")
    with writing(settings, "test") as connection:
        connection.execute("insert into raw.shop_orders (order_id, updated_at) values ('1', '2026-01-01')")
        _record_build(connection, "before", "success", 1, "as of")
        _record_build(connection, "last", "running", 0, "as of")
        if last != "running":
            _record_build(connection, "last", "error", 1, "1 failed")
        if last.endswith("loads"):
            connection.execute(
                "insert into ops.loads (load_id, source_system, source_table, started_at, ended_at, duration_seconds, "
                "status, rows_read, rows_loaded, rows_unchanged, rows_quarantined) values "
                "('l', 'shop', 'orders', now(), now() + interval 1 day, 1, 'succeeded', 1, 1, 0, 0)"
            )
    with pytest.raises(BuildError, match="stop"):
        build(settings, run_id="again", retry=True, progress=said.append)
    command, reason = RESUMED[last]
    assert [each[0] for each in commands] == [command]
    assert reason in "".join(said)


def test_there_is_nothing_to_resume_after_a_build_that_ended_well(settings):
    (settings.home / "dbt" / "target").mkdir(parents=True)
    (settings.home / "dbt" / "target" / "run_results.json").write_text("{}")
    with writing(settings, "test") as connection:
        connection.execute("insert into raw.shop_orders (order_id, updated_at) values ('1', '2026-01-01')")
        _record_build(connection, "last", "success", 1, "as of")
    with pytest.raises(BuildError, match="no failed build to resume"):
        build(settings, run_id="again", retry=True)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from ops.model_runs").fetchone() == (1,)
    assert os.listdir(settings.home / "dbt" / "target") == ["run_results.json"]


@pytest.mark.parametrize("step", ["_make_current", "write_report"])
def test_a_rollback_that_was_killed_after_its_step_and_is_repeated_goes_back_once(settings, step):
    import small_warehouse

    small_warehouse.ready(settings)
    first, second, third = (publish(settings, run_id="run").publication_id for _ in range(3))
    killed(settings, f"""
        from customer360 import publish
        from customer360.warehouse import recorded_run
        step = publish.{step}
        def deadly(*arguments):
            step(*arguments)
            die()
        publish.{step} = deadly
        with recorded_run(settings, "publish --rollback") as run_id:
            publish.rollback(settings, run_id=run_id)
    """)  # fmt: skip
    assert current_id(settings) == second
    with recorded_run(settings, "publish --rollback") as run_id:
        assert rollback(settings, run_id=run_id).publication_id == second
    with reading(settings, "test") as connection:
        statuses = connection.execute("select publication_id, status, is_current from ops.publications order by 1")
        assert statuses.fetchall() == [
            (first, "published", False), (second, "published", True), (third, "rolled back", False),
        ]  # fmt: skip
    assert rollback(settings, run_id="another wish").publication_id == first
