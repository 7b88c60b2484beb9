"""Whatever happened to the warehouse's file or a publication: one message that names the way out."""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
import small_warehouse

from customer360 import backup, salvage
from customer360.config import Settings
from customer360.errors import PublicationError, WarehouseDamagedError
from customer360.publish import current_id, kept_ids, publish, rollback
from customer360.warehouse import reading, recorded_run, writing


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """The home of a small warehouse that was built, checked and published twice; copied by each test."""
    return small_warehouse.published(Settings(home=tmp_path_factory.mktemp("published")), times=2).home


@pytest.fixture
def settings(published, tmp_path) -> Settings:
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    return Settings(home=tmp_path / "home")


def overwrite(file: Path, *, start: int, end: int, times: int = 40) -> None:
    """Random bytes at random places, the same ones each time."""
    places = random.Random(7)
    with open(file, "r+b") as target:
        for _ in range(times):
            target.seek(places.randrange(start, end))
            target.write(places.randbytes(64))


def folder_instead(file: Path) -> None:
    file.unlink()
    (file / "something").mkdir(parents=True)


def newer_duckdb(file: Path) -> None:
    """The header as a DuckDB of a later storage version writes it (its own checksum over it included)."""
    file.unlink()
    code = "import duckdb, sys; duckdb.connect(sys.argv[1]).execute('create table t as select 1')"
    subprocess.run([sys.executable, "-c", code, str(file)], check=True)
    with open(file, "r+b") as target:
        target.seek(12)
        target.write((4096).to_bytes(8, "little"))


def read_all(settings: Settings) -> None:
    with reading(settings, "test") as connection:
        for table in connection.execute("select schema_name || '.' || table_name from duckdb_tables()").fetchall():
            connection.execute(f"select sum(hash(t)) from {table[0]} t").fetchone()


DAMAGES = {
    "cut in the middle": lambda file: os.truncate(file, file.stat().st_size // 2),
    "cut in the header": lambda file: os.truncate(file, 5000),
    "empty": lambda file: os.truncate(file, 0),
    "missing": Path.unlink,
    "text": lambda file: file.write_text("not a database\n" * 1000),
    "header overwritten": lambda file: overwrite(file, start=0, end=12288),
    "overwritten at random": lambda file: overwrite(file, start=12288, end=file.stat().st_size - 64, times=400),
    "a folder": folder_instead,
    "a newer DuckDB": newer_duckdb,
}


@pytest.mark.parametrize("kind", DAMAGES)
def test_a_damaged_warehouse_is_one_message_that_names_the_command_and_the_command_helps(settings, kind):
    made = backup.make(settings)
    orders = small_warehouse.query(settings, "select count(*), sum(total_amount) from raw.shop_orders")
    readers_see = current_id(settings)
    DAMAGES[kind](settings.warehouse)
    with pytest.raises(WarehouseDamagedError, match="`customer360 restore`") as told:
        read_all(settings)
    assert told.value.exit_code == 12
    assert "\n" not in str(told.value)
    with (
        pytest.raises(WarehouseDamagedError),
        recorded_run(settings, "build"),
    ):  # the message, not one about recording it
        backup.make(settings)
    assert (kind == "missing") != settings.warehouse.exists()  # nobody began a new one
    restored = backup.restore(settings)
    assert restored.backup == made.name
    assert (restored.set_aside is None) == (kind == "missing")
    assert small_warehouse.query(settings, "select count(*), sum(total_amount) from raw.shop_orders") == orders
    assert current_id(settings) == readers_see


def test_the_command_ends_with_its_exit_code_and_no_traceback(settings):
    os.truncate(settings.warehouse, 5000)
    environment = {**os.environ, "CUSTOMER360_HOME": str(settings.home)}
    command = str(Path(sys.executable).with_name("customer360"))
    told = subprocess.run([command, "build"], env=environment, capture_output=True, text=True)
    assert told.returncode == 12, told.stderr
    assert told.stderr.startswith("error: ")
    assert "Traceback" not in told.stderr
    refused = subprocess.run([command, "restore"], env=environment, capture_output=True, text=True, input="")
    assert refused.returncode == 15
    assert "--from-sources" in refused.stderr
    asked = subprocess.run(
        [command, "restore", "--from-sources"], env=environment, capture_output=True, input="n\n", text=True
    )
    assert asked.returncode == 130
    assert settings.warehouse.stat().st_size == 5000
    done = subprocess.run(
        [command, "restore", "--from-sources", "--yes"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert "customer360 run" in done.stdout


def test_a_first_start_just_works_also_when_it_was_killed_before_a_byte_was_written(tmp_path):
    for home in ("new", "killed"):
        settings = Settings(home=tmp_path / home)
        if home == "killed":
            settings.home.mkdir()
            settings.warehouse.touch()
        with writing(settings, "test") as connection:
            assert connection.execute("select count(*) from ops.loads").fetchone() == (0,)
        assert settings.warehouse.stat().st_mode & 0o777 == 0o600


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_file_of_another_user_is_told_apart_from_damage(settings):
    settings.warehouse.chmod(0o400)
    for path in (settings.home, *settings.home.parents):
        if path.stat().st_uid == 0 and path.is_relative_to("/tmp") and path != Path("/tmp"):
            path.chmod(0o777)
    (settings.home / "warehouse.lock").chmod(0o666)
    code = (
        "import os, sys; from pathlib import Path; from customer360 import warehouse; "
        "from customer360.config import Settings\nos.setuid(65534)\n"
        "with warehouse.writing(Settings(home=Path(sys.argv[1])), 't'): pass"
    )
    told = subprocess.run([sys.executable, "-c", code, str(settings.home)], capture_output=True, text=True)
    assert "WarehouseDamagedError" in told.stderr
    assert "chown" in told.stderr.splitlines()[-1]


def killed_with_a_log(settings: Settings) -> Path:
    """A process that is killed after it committed and before it wrote its log into the file."""
    code = (
        "import duckdb, os, sys; c = duckdb.connect(sys.argv[1]); c.execute(\"set checkpoint_threshold = '1TB'\")\n"
        "for n in range(20): c.execute(f\"insert into ops.model_versions values ('m{n}', 'd')\")\n"
        "os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", code, str(settings.warehouse)])
    return settings.warehouse.with_name("warehouse.duckdb.wal")


COUNT = "select count(*) from ops.model_versions where digest = 'd'"


def test_a_log_that_was_torn_or_lost_gives_what_was_committed_before_and_nothing_half(settings):
    log = killed_with_a_log(settings)
    whole = log.read_bytes()
    shutil.copyfile(settings.warehouse, settings.home / "file")
    found = {}
    for name, data in {
        "whole": whole,
        "torn": whole[:-7],
        "cut in half": whole[: len(whole) // 2],
        "lost": None,
    }.items():
        shutil.copyfile(settings.home / "file", settings.warehouse)
        log.unlink(missing_ok=True)
        if data is not None:
            log.write_bytes(data)
        (found[name],) = small_warehouse.query(settings, COUNT)[0]
    assert found["whole"] == 20
    assert found["torn"] == 19
    assert 0 < found["cut in half"] < 19
    assert found["lost"] == 0


def test_a_log_of_another_file_is_not_taken_in(settings, tmp_path):
    other = Settings(home=tmp_path / "other")
    small_warehouse.fill(other)
    log = killed_with_a_log(other)
    shutil.copyfile(log, settings.warehouse.with_name("warehouse.duckdb.wal"))
    before = settings.warehouse.read_bytes()
    with pytest.raises(WarehouseDamagedError, match=r"WAL does not match .* `customer360 restore`"):
        small_warehouse.query(settings, COUNT)
    assert settings.warehouse.read_bytes() == before


def test_without_a_backup_what_can_be_read_is_saved_and_the_rest_is_pulled_anew(settings):
    """Damage in the blocks of one table takes that table, and with it its place in the source; the others stay."""
    whole = {
        name: small_warehouse.query(settings, f"select count(*) from {name}")[0][0]
        for name in ("raw.shop_orders", "raw.shop_customers", "raw.helpdesk_tickets", "ops.loads")
    }
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        (block,) = connection.execute(
            "select min(block_id) from pragma_storage_info('raw.shop_orders') where persistent and block_id > 0"
        ).fetchone()
    start = 3 * 4096 + block * 262144
    overwrite(settings.warehouse, start=start, end=start + 262144 - 64)
    said = []
    saved = salvage.from_sources(settings, progress=said.append)
    assert "raw.shop_orders" in saved.lost
    assert "raw.helpdesk_tickets" in saved.saved
    assert any("raw.shop_orders could not be read" in line for line in said)
    assert small_warehouse.query(settings, "select count(*) from raw.shop_orders") == [(0,)]
    assert small_warehouse.query(settings, "select count(*) from ops.loads where source_table = 'orders'") == [(0,)]
    tickets = small_warehouse.query(settings, "select count(*) from raw.helpdesk_tickets")
    assert tickets == [(whole["raw.helpdesk_tickets"],)]
    assert small_warehouse.query(settings, "select count(*) > 5 from ops.loads") == [(True,)]
    assert saved.set_aside.exists()


def test_a_published_version_that_was_cut_or_removed_does_not_become_current(settings):
    first, second = kept_ids(settings)
    file = settings.published / "versions" / first / "customer_360.duckdb"
    file.chmod(0o644)
    os.truncate(file, 1000)
    with pytest.raises(PublicationError, match=r"customer_360\.duckdb is not what its manifest says"):
        rollback(settings, run_id="back")
    assert current_id(settings) == second
    shutil.rmtree(settings.published / "versions" / first)
    with pytest.raises(PublicationError, match="no publication before"):
        rollback(settings, run_id="back")
    assert current_id(settings) == second


def test_a_link_that_leads_nowhere_is_mended_by_publishing_and_by_rolling_back(settings):
    first, second = kept_ids(settings)
    shutil.rmtree(settings.published / "versions" / second)
    assert rollback(settings, run_id="back").publication_id == first
    with duckdb.connect(str(settings.published / "customer_360.duckdb"), read_only=True) as connection:
        assert connection.execute("select count(*) from marts.orders").fetchone() == (1540,)
    shutil.rmtree(settings.published / "versions")
    made = publish(settings, run_id="again")
    assert kept_ids(settings) == [made.publication_id] == [current_id(settings)]
    (settings.published / "current").unlink()
    made = publish(settings, run_id="again")
    assert current_id(settings) == made.publication_id
