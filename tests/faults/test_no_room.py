"""A disk that is full, a home or a published folder that cannot be written: one sentence, and nothing half-done."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import fault_company
import fault_homes
import pytest
import small_warehouse

from customer360.config import Settings
from customer360.publish import current_id, kept_ids, publish


def _can_mount() -> bool:
    return (
        os.geteuid() == 0 and subprocess.run(["mount", "--version"], capture_output=True, check=False).returncode == 0
    )


@pytest.fixture
def disk(tmp_path) -> Iterator[tuple[Path, object]]:
    """A small disk of its own: (where it is, a function that sets its options, such as size or read-only)."""
    if not _can_mount():
        pytest.skip("only root may mount a disk; RLIMIT_FSIZE does it in tests/integration/test_bad_input.py")
    place = tmp_path / "disk"
    place.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", place], capture_output=True, check=False)
    if done.returncode:
        pytest.skip("this machine lets nobody mount a disk")

    def options(words: str) -> None:
        subprocess.run(["mount", "-o", f"remount,{words}", place], check=True)

    yield place, options
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(["umount", place], check=True)


@pytest.fixture(scope="module")
def company(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("company")
    fault_company.make(folder)
    return folder


def command(words: str, home: Path, company: Path) -> subprocess.CompletedProcess:
    environment = {
        **os.environ,
        "CUSTOMER360_HOME": str(home),
        "CUSTOMER360_SHOP_URL": f"sqlite:///{company / 'day1' / 'shop.sqlite'}",
        "CUSTOMER360_MEMBERS_URL": str(company / "day1" / "members"),
    }
    program = "from customer360.cli import main; main()"
    return subprocess.run(
        [sys.executable, "-c", program, *words.split()], env=environment, capture_output=True, text=True, timeout=300,
        check=False,
    )  # fmt: skip


def one_sentence(done: subprocess.CompletedProcess) -> str:
    assert done.returncode not in (0, 70), done.stdout
    assert "Traceback" not in done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
    assert len(lines) == 1, done.stderr
    return lines[0]


def test_a_pull_onto_a_full_disk_is_one_sentence_and_with_room_the_same_as_an_undisturbed_one(disk, company, tmp_path):
    place, options = disk
    options("size=3m")
    for source in ("orders", "members"):
        done = command(f"pull {source}", place / "home", company)
        if done.returncode:
            assert "is full" in one_sentence(done)
            break
    else:
        pytest.fail("3 MB were enough")
    options("size=200m")
    for home in (place / "home", tmp_path / "undisturbed"):
        for source in ("orders", "members"):
            done = command(f"pull {source}", home, company)
            assert done.returncode == 0, done.stderr
    found, wanted = (fault_homes.contents(str(home)) for home in (place / "home", tmp_path / "undisturbed"))
    found["failed loads"] = wanted["failed loads"]  # those are on record, and may be
    assert fault_homes.differences(found, wanted) == []


def test_a_publication_onto_a_full_disk_leaves_the_last_one_and_with_room_is_made(disk):
    place, options = disk
    settings = Settings(home=place / "home")
    small_warehouse.ready(settings)
    first = publish(settings, run_id="run").publication_id
    used = sum(path.stat().st_blocks * 512 for path in place.rglob("*") if not path.is_symlink())
    options(f"size={used + 600_000}")
    done = command("publish", settings.home, place)
    one_sentence(done)
    assert current_id(settings) == first
    assert kept_ids(settings) == [first]
    assert fault_homes.broken(str(settings.home)) == []
    options("size=200m")
    done = command("publish", settings.home, place)
    assert done.returncode == 0, done.stderr
    assert len(kept_ids(settings)) == 2
    assert not list(settings.published.rglob(".*"))


def test_a_home_that_cannot_be_written_is_one_sentence(disk, company):
    place, options = disk
    home = place / "home"
    home.mkdir()
    options("ro")
    said = one_sentence(command("pull orders", home, company))
    assert str(home) in said
    assert "cannot be written: read-only" in said


def test_a_published_folder_that_cannot_be_written_is_one_sentence_and_stays(tmp_path, disk):
    place, options = disk
    settings = Settings(home=tmp_path / "home")
    small_warehouse.ready(settings)
    settings.published.symlink_to(place)
    first = publish(settings, run_id="run").publication_id
    options("ro")
    said = one_sentence(command("publish", settings.home, place))
    assert "published" in said
    assert current_id(settings) == first
    with duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.customer_360").fetchone()[0] > 0
    options("rw")
    assert publish(settings, run_id="run").publication_id == current_id(settings) != first
