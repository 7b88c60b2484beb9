"""`customer360 tiers simulate` on the sample company: what changed rules would do, and that only a copy is touched."""

from __future__ import annotations

import csv
import fcntl
import hashlib
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from dataclasses import replace as replaced
from pathlib import Path

import duckdb
import pytest

from customer360.build import project_folder
from customer360.config import Settings
from customer360.errors import BuildError, RulesError, SettingError, WarehouseBusyError
from customer360.rules.report import in_words, write_people
from customer360.rules.scratch import scratch_folder
from customer360.rules.simulate import Simulation, simulate

SEEDS = project_folder() / "seeds"
OWN = ("simulation.lock", "warehouse.lock")


def quiet(_: str) -> None:
    pass


def proposal(folder: Path, name: str, *changes: tuple[str, str]) -> Path:
    """A folder with one changed rule, saved as a spreadsheet does: byte order mark, CRLF, blank lines at the end."""
    folder.mkdir(exist_ok=True)
    text = (SEEDS / f"{name}.csv").read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, (old, text)
        text = text.replace(old, new)
    (folder / f"{name}.csv").write_bytes(b"\xef\xbb\xbf" + f"{text}\n\n".replace("\n", "\r\n").encode())
    return folder


def files(home: Path) -> dict[str, str]:
    """What the home holds, each file with the digest of its bytes."""
    found = (path for path in sorted(home.rglob("*")) if path.is_file() and path.name not in OWN)
    return {str(path.relative_to(home)): hashlib.sha256(path.read_bytes()).hexdigest() for path in found}


@pytest.fixture(scope="module")
def home(sample, tmp_path_factory) -> Settings:
    """The built sample company, with something published."""
    home = tmp_path_factory.mktemp("simulated")
    shutil.copy(sample.warehouse, home)
    (home / "published").mkdir()
    shutil.copy(sample.warehouse, home / "published" / "customer_360.duckdb")
    return replaced(sample, home=home)


@dataclass(frozen=True)
class Simulated:
    simulation: Simulation
    before: dict[str, str]
    after: dict[str, str]


@pytest.fixture(scope="module")
def simulated(home, tmp_path_factory) -> Simulated:
    """Silver from 600 instead of 800, and main customers from 800 instead of 1000."""
    folder = tmp_path_factory.mktemp("rules")
    proposal(folder, "member_levels", (",800,1.10,", ",600,1.10,"))
    proposal(folder, "value_tier_thresholds", ("individual,365,1000", "individual,365,800"))
    before = files(home.home)
    simulation = simulate(home, folder, progress=quiet)
    return Simulated(simulation, before, files(home.home))


def test_warehouse_and_publication_keep_every_byte_and_the_copy_is_gone(simulated):
    assert simulated.after == simulated.before
    assert {"warehouse.duckdb", "published/customer_360.duckdb"} <= set(simulated.after)


def test_whoever_reaches_the_lower_threshold_rises_and_nobody_falls(simulated, warehouse):
    comparison = simulated.simulation.comparison
    due = warehouse.execute(
        "select customer_id from marts.member_tiers where level in ('registered', 'bronze') and growth_value >= 600"
    ).fetchall()
    risen = {person.customer_id: person.after for person in comparison.people if person.of == "level"}
    assert due, "the sample has nobody between the thresholds: this test would prove nothing"
    # some go further: silver multiplies what they earn
    assert {risen.get(customer_id) for (customer_id,) in due} <= {"silver", "gold", "diamond"}
    assert sum(move.count for move in comparison.level_moves) == len(risen)
    assert all(move.direction == 1 for move in comparison.level_moves)


def test_members_by_level_today_are_those_of_the_marts_and_nobody_is_lost(simulated, warehouse):
    levels = simulated.simulation.comparison.levels
    today = dict(warehouse.execute("select level, count(*) from marts.member_tiers group by level").fetchall())
    assert {rung.name.lower(): rung.before for rung in levels} == {name: today[name] for name in today if name}
    assert [rung.name for rung in levels] == ["Diamond", "Gold", "Silver", "Bronze", "Registered"]
    assert sum(rung.after for rung in levels) == sum(rung.before for rung in levels)


def test_value_tiers_move_exactly_those_between_the_thresholds(simulated, warehouse):
    comparison = simulated.simulation.comparison
    (due,) = warehouse.execute(
        """
        select count(*) from marts.customer_value_tiers
        where value_tier = 'ordinary' and net_sales >= 800 and account_type is distinct from 'organisation'
        """
    ).fetchone()
    assert due > 0
    assert [(move.before, move.after, move.count) for move in comparison.tier_moves] == [("Ordinary", "Main", due)]


def test_the_answer_is_plain_words_and_the_list_is_private(simulated, tmp_path):
    lines = list(in_words(simulated.simulation, limit=3))
    text = "\n".join(lines)
    assert "member_levels.csv: 1 row taken out, 1 row put in; it says something else from 2000-01-01 on." in text
    assert "judges anew what customers did since then" in text
    assert " rise, 0 fall, " in text
    assert "Cost of benefits a year, members as above" in text
    people = simulated.simulation.comparison.people
    assert write_people(people, tmp_path / "moves.csv") == len(people)
    assert (tmp_path / "moves.csv").stat().st_mode & 0o777 == 0o600
    with open(tmp_path / "moves.csv", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["customer_id"] for row in rows] == [person.customer_id for person in people]


def test_rules_that_begin_later_are_seen_on_a_later_day(home, tmp_path, warehouse):
    """Gold costs more from 2027 on: today nothing follows, on that day those fall who no longer reach it."""
    (today,) = warehouse.execute("select max(as_of_date) from marts.customer_360").fetchone()
    day = today.replace(year=today.year + 2, day=1)
    changes = (",2000,1.20,2000-01-01,", f",2000,1.20,2000-01-01,{day}\n4,gold,Gold,金牌会员,4900,1.20,{day},")
    folder = proposal(tmp_path / "later", "member_levels", changes)
    before = files(home.home)
    simulation = simulate(home, folder, as_of=day, progress=quiet)
    assert files(home.home) == before
    assert simulation.as_of == day
    assert "nothing is bought, earned or returned in between" in "\n".join(in_words(simulation))
    assert not any(move.direction == 1 for move in simulation.comparison.level_moves)
    with pytest.raises(SettingError, match="is before"):
        simulate(home, folder, as_of=today.replace(year=today.year - 1), progress=quiet)
    assert files(home.home) == before


def test_rules_that_say_the_same_change_nothing_and_nothing_is_copied(home, tmp_path, monkeypatch):
    monkeypatch.setattr("customer360.rules.simulate.copied", None)
    simulation = simulate(home, proposal(tmp_path / "same", "growth_rules", ("currency,1.0000", "currency,1")))
    assert list(in_words(simulation)) == ["Nothing changes: on every day the proposed rules say what today's say."]


@pytest.mark.parametrize(
    ("name", "content", "wrong"),
    [
        ("member_levels.csv", None, "member_levels.csv, line 4, growth_from: 100 is not more than 200"),
        ("members_levels.csv", "a,b", "members_levels.csv cannot be simulated. The rules that can: growth_rules.csv"),
        ("notes.txt", "nothing", "holds no CSV file"),
    ],
)
def test_rules_that_cannot_be_used_are_refused_before_anything_is_copied(
    home, tmp_path, monkeypatch, name, content, wrong
):
    monkeypatch.setattr("customer360.rules.simulate.copied", None)
    if content:
        (tmp_path / name).write_text(content, encoding="utf-8")
    else:
        proposal(tmp_path, "member_levels", (",800,", ",100,"))
    with pytest.raises(RulesError, match=wrong):
        simulate(home, tmp_path, progress=quiet)
    assert not (home.home / "simulation").exists()


def test_after_a_failure_the_copy_is_gone_and_all_is_as_before(home, tmp_path):
    project = tmp_path / "project"
    shutil.copytree(project_folder(), project, ignore=shutil.ignore_patterns("target", "logs"))
    (project / "models" / "marts" / "member_tiers.yml").write_text("models: [", encoding="utf-8")
    before = files(home.home)
    with pytest.raises(BuildError, match="By today's rules the models cannot be built; the warehouse is as it was"):
        simulate(replaced(home, dbt_project=project), proposal(tmp_path / "p", "member_levels", (",800,", ",600,")))
    assert files(home.home) == before


def test_a_terminated_simulation_leaves_no_copy(home, tmp_path):
    folder = proposal(tmp_path / "p", "member_levels", (",800,", ",600,"))
    before = files(home.home)
    environment = os.environ | {"CUSTOMER360_HOME": str(home.home)}
    command = [str(Path(sys.executable).with_name("customer360")), "tiers", "simulate", "--rules", str(folder)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        copy = home.home / "simulation" / "warehouse.duckdb"
        deadline = time.monotonic() + 60
        while not copy.exists() and process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        assert copy.stat().st_mode & 0o777 == 0o600
        assert copy.parent.stat().st_mode & 0o777 == 0o700
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 130
    assert files(home.home) == before


def test_what_a_killed_simulation_left_is_removed_by_the_next(home):
    (home.home / "simulation").mkdir()
    (home.home / "simulation" / "warehouse.duckdb").touch()
    with scratch_folder(home) as folder:
        assert list(folder.iterdir()) == []
        assert folder.stat().st_mode & 0o777 == 0o700
    assert not folder.exists()


def test_two_simulations_do_not_share_a_folder(home):
    with open(home.home / "simulation.lock", "a", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(WarehouseBusyError, match="Another simulation is running"), scratch_folder(home):
            pytest.fail("the folder was given to two")


def test_a_warehouse_that_was_not_built_is_not_simulated(home, tmp_path):
    empty = replaced(home, home=tmp_path / "empty")
    with pytest.raises(BuildError, match="never been built"):
        simulate(empty, proposal(tmp_path / "p", "member_levels", (",800,", ",600,")), progress=quiet)
    with duckdb.connect(str(empty.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from ops.model_runs").fetchone() == (0,)
