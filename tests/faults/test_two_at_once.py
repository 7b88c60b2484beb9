"""Two runs at once: both end well, or one says that the warehouse is busy; nothing is doubled.

Two pulls of the shop or of the members at once: tests/integration/test_pull_orders.py and test_pull_members.py.
"""

from __future__ import annotations

import os
import subprocess
import sys

import duckdb
import fault_company
import fault_homes
import pytest
import small_warehouse

from customer360.config import Settings
from customer360.publish import current_id, kept_ids

PROGRAM = "from customer360.cli import main; main()"


def both(first: str, second: str, environment: dict[str, str]) -> list[str]:
    """Run two commands at once; both must end well."""
    running = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, *command.split()], env={**os.environ, **environment},
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )
        for command in (first, second)
    ]  # fmt: skip
    said = [process.communicate(timeout=300)[0] for process in running]
    assert [process.returncode for process in running] == [0, 0], said
    return said


@pytest.fixture
def home(tmp_path):
    return Settings(home=tmp_path / "home")


def test_two_publications_at_once_are_two_whole_ones(home):
    small_warehouse.ready(home)
    both("publish", "publish", {"CUSTOMER360_HOME": str(home.home)})
    assert len(kept_ids(home)) == 2
    assert current_id(home) == kept_ids(home)[-1]
    assert fault_homes.broken(str(home.home)) == []
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        ended = connection.execute("select command, status from ops.pipeline_runs").fetchall()
    assert ended == [("publish", "succeeded")] * 2


def test_two_pulls_of_the_helpdesk_at_once_load_every_record_once(home, tmp_path):
    fault_company.make(tmp_path / "company")
    with fault_company.serving(tmp_path / "company") as sources:
        environment = {"CUSTOMER360_HOME": str(home.home), **sources[1]}
        both("pull tickets", "pull tickets", environment)
    with duckdb.connect(str(home.warehouse), read_only=True) as connection:
        for table in ("tickets", "users", "ticket_events", "satisfaction_ratings"):
            rows, versions, loaded = connection.execute(
                f"select count(*), count(distinct (id, updated_at)), "
                f"(select sum(rows_loaded) from ops.loads where source_table = '{table}') from raw.helpdesk_{table}"
            ).fetchone()
            assert rows == versions == loaded > 0
