"""A backup is whole or not there and holds what cannot be computed again; a restore puts it back or changes nothing."""

from __future__ import annotations

import json
import re
import shutil
import signal
import stat
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest
import small_warehouse

from customer360 import backup, keyed
from customer360.build import project_folder
from customer360.config import Settings
from customer360.errors import BackupError, BuildError, WarehouseDamagedError
from customer360.publish import current_id, publish
from customer360.sources import members
from customer360.warehouse import reading


@pytest.fixture(scope="module")
def published(tmp_path_factory) -> Path:
    """The home of a small warehouse that was built, checked and published once; copied by each test."""
    return small_warehouse.published(Settings(home=tmp_path_factory.mktemp("published"))).home


@pytest.fixture
def settings(published, tmp_path) -> Settings:
    shutil.copytree(published, tmp_path / "home", symlinks=True)
    return Settings(home=tmp_path / "home")


def damage(settings: Settings) -> None:
    with open(settings.warehouse, "r+b") as file:
        file.truncate(100_000)


def contents(settings: Settings) -> dict[str, tuple]:
    """Of every table that a backup must hold: how many rows, and a fingerprint of them."""
    with reading(settings, "test") as connection:
        return {
            f"{schema}.{table}": connection.execute(
                f'select count(*), sum(hash(t)::hugeint) from {schema}."{table}" t'
                + (" where status <> 'restored'" if table == "model_runs" else "")
            ).fetchone()
            for schema, table, _ in backup.remembered(connection)
        }


def state(home: Path) -> dict[str, bytes]:
    """Every file of a home but the lock, and where its links point."""
    return {
        str(path.relative_to(home)): bytes(path.readlink()) if path.is_symlink() else path.read_bytes()
        for path in home.rglob("*")
        if (path.is_file() or path.is_symlink()) and path.name != "warehouse.lock"
    }


def test_a_restored_warehouse_holds_what_the_backup_was_made_of(settings):
    before = contents(settings)
    made = backup.make(settings)
    assert sum(rows for rows, _ in before.values()) > 10_000
    damage(settings)
    restored = backup.restore(settings)
    assert contents(settings) == before
    assert restored.backup == made.name
    assert restored.set_aside.stat().st_size == 100_000
    assert stat.S_IMODE(settings.warehouse.stat().st_mode) == 0o600


def test_a_backup_is_for_its_owner_only_and_says_what_it_holds(settings):
    keyed.hash_key(settings)
    made = backup.make(settings)
    assert stat.S_IMODE(made.stat().st_mode) == stat.S_IMODE((made / "secrets").stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in made.rglob("*") if path.is_file()} == {0o600}
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert set(manifest["files"]) == {str(path.relative_to(made)) for path in made.rglob("*.*")} - {"manifest.json"}
    assert (made / "secrets" / "hash.key").read_bytes() == settings.key_file.read_bytes()
    assert settings.key_file.read_text(encoding="ascii") not in (made / "manifest.json").read_text(encoding="utf-8")


def test_a_key_of_the_environment_is_never_written_down(settings):
    with_key = replace(settings, hash_key="a secret of the environment")
    made = backup.make(with_key)
    assert not any(b"a secret of the environment" in path.read_bytes() for path in made.rglob("*.*"))
    assert not (made / "secrets" / "hash.key").exists()
    before = state(settings.home)
    for other in (settings, replace(settings, hash_key="another secret of the environment")):
        with pytest.raises(BackupError, match="CUSTOMER360_HASH_KEY"):
            backup.restore(other)
    assert state(settings.home) == before
    backup.restore(with_key)


def test_what_a_model_remembers_comes_back_as_it_was_also_what_parquet_cannot_hold(settings):
    small_warehouse.change(settings, f"create table intermediate.beliefs as select 1 as x, {2**100}::hugeint as y")
    backup.make(settings)
    damage(settings)
    backup.restore(settings)
    assert small_warehouse.query(settings, "select x, y, typeof(y) from intermediate.beliefs") == [
        (1, 2**100, "HUGEINT")
    ]


def test_no_model_of_staging_or_marts_remembers_what_it_was():
    """Those are not in a backup. An incremental one asks itself what is new, and that is all."""
    models = project_folder() / "models"
    remembers = {
        file.relative_to(models).parts[0]
        for file in models.rglob("*")
        if file.suffix in (".sql", ".py")
        and re.search(r"load_relation|level_beliefs_so_far|dbt\.this", file.read_text(encoding="utf-8"))
    }
    assert remembers == {"identity", "intermediate"}


def test_published_files_stay_and_nothing_is_published_before_the_next_build(settings):
    first = current_id(settings)
    (settings.home / "dbt" / "target").mkdir(parents=True)
    (settings.home / "dbt" / "target" / "run_results.json").write_text("{}", encoding="utf-8")
    backup.make(settings)
    damage(settings)
    backup.restore(settings)
    assert current_id(settings) == first
    with pytest.raises(BuildError, match=r"restored from backup_.* not built since"):
        publish(settings, run_id="run")
    assert not (settings.home / "dbt" / "target" / "run_results.json").exists()  # no build to resume
    small_warehouse.build(settings)
    small_warehouse.passed(settings)
    assert publish(settings, run_id="run").publication_id > first


def test_a_pull_goes_on_from_the_backup_and_ends_where_it_would_have(settings, tmp_path):
    folder = tmp_path / "members"
    folder.mkdir()
    header = "response_id,member_id,occurred_at,updated_at"
    (folder / "surveys-1.csv").write_text(f"{header}\nq1,m1,2026-03-01,2026-03-01\n", encoding="utf-8")
    settings = replace(settings, members_url=str(folder))
    members.pull(settings, run_id="one", progress=lambda _: None)
    backup.make(settings)
    (folder / "surveys-2.csv").write_text(f"{header}\nq2,m1,2026-04-02,2026-04-02\n", encoding="utf-8")
    pulled = "select * exclude (_load_id, _loaded_at) from raw.membership_surveys order by all"
    members.pull(settings, run_id="two", progress=lambda _: None)
    undisturbed = small_warehouse.query(settings, pulled)
    damage(settings)
    backup.restore(settings)
    assert len(small_warehouse.query(settings, pulled)) == len(undisturbed) - 1
    loads = members.pull(settings, run_id="again", progress=lambda _: None)
    assert small_warehouse.query(settings, pulled) == undisturbed
    assert sum(load.rows_loaded for load in loads) == 1  # the file of the backup was not read again
    members.pull(settings, run_id="again", progress=lambda _: None)
    assert small_warehouse.query(settings, pulled) == undisturbed


@pytest.mark.parametrize("file", ["raw.shop_orders.parquet", "ops.loads.parquet", "manifest.json", "missing"])
def test_a_damaged_backup_is_refused_before_anything_is_touched(settings, file):
    made = backup.make(settings)
    damage(settings)
    if file == "missing":
        (made / "raw.shop_orders.parquet").unlink()
    else:
        data = bytearray((made / file).read_bytes())
        data[len(data) // 2] ^= 0xFF
        (made / file).write_bytes(data)
    before = state(settings.home)
    with pytest.raises(BackupError, match="damaged"):
        backup.restore(settings)
    assert state(settings.home) == before


def test_a_backup_of_a_newer_version_is_refused_and_one_of_an_older_version_is_brought_up_to_date(settings):
    small_warehouse.change(
        settings, "alter table ops.quarantine drop column replayed_at", "drop table ops.model_versions"
    )
    with duckdb.connect(str(settings.warehouse)) as connection:  # what an older version left
        connection.execute("alter table ops.quarantine drop column if exists replayed_at")
        connection.execute("drop table if exists ops.model_versions")
        making = settings.backups / ".making-backup_20200101T000000_000000"
        making.mkdir(parents=True)
        backup._write(connection, settings, making)
        made = making.rename(settings.backups / "backup_20200101T000000_000000")
    manifest = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert "ops.model_versions.parquet" not in manifest["files"]
    manifest["versions"]["customer360"] = "999.0.0"
    (made / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    with pytest.raises(BackupError, match=r"made by customer360 999\.0\.0"):
        backup.restore(settings)
    manifest["versions"]["customer360"] = "0.0.1"
    (made / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    backup.restore(settings)
    assert small_warehouse.query(settings, "select count(replayed_at) from ops.quarantine") == [(0,)]
    assert small_warehouse.query(settings, "select count(*) from ops.model_versions") == [(0,)]


def test_the_newest_are_kept_and_an_empty_warehouse_is_not_backed_up(settings, tmp_path):
    settings = replace(settings, keep_backups=2)
    made = [backup.make(settings) for _ in range(3)]
    assert backup.kept(settings) == made[1:]
    assert backup.make(settings, tmp_path / "elsewhere").parent == tmp_path / "elsewhere"
    with pytest.raises(BackupError, match="no backup"):
        backup.restore(settings, tmp_path)
    assert backup.restore(settings, made[1].name).backup == made[1].name
    small_warehouse.change(settings, "delete from ops.loads")
    with pytest.raises(BackupError, match="Nothing was ever loaded"):
        backup.make(settings)
    assert backup.kept(settings) == made[1:]


KILLED = """
import os, signal, sys
from pathlib import Path
from customer360 import backup, warehouse_file
from customer360.config import Settings

command, module, step, when = sys.argv[2:]
module = {"backup": backup, "warehouse_file": warehouse_file, "os": os}[module]
original = getattr(module, step)
calls = 0

def deadly(*arguments, **named):
    global calls
    calls += 1
    if when == "after":
        original(*arguments, **named)
    if when in ("before", "after") or when == str(calls):
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **named)

setattr(module, step, deadly)
getattr(backup, command)(Settings(home=Path(sys.argv[1]), keep_backups=1))
"""


def killed(settings: Settings, *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", KILLED, str(settings.home), *arguments], capture_output=True, timeout=60
    )
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()


def test_a_backup_that_is_killed_is_whole_or_not_there(settings):
    first = backup.make(settings)
    for step in (("backup", "_write", "before"), ("backup", "_write", "after"), ("backup", "flush_all", "after"),
                 ("backup", "rename", "before"), ("backup", "rename", "after"), ("os", "rename", "2")):  # fmt: skip
        killed(settings, "make", *step)
        for path in backup.kept(settings):
            backup.verified(path)
        assert backup.kept(settings)
    assert first in backup.kept(settings)  # none of them came to the end, where the oldest go
    made = backup.make(replace(settings, keep_backups=1))
    assert [path.name for path in settings.backups.iterdir()] == [made.name]


def test_a_restore_that_is_killed_leaves_the_old_warehouse_or_the_new_one(settings):
    backup.make(settings)
    old, new = [("old",)], [("backed up",)]
    small_warehouse.change(settings, "insert into ops.model_versions values ('state', 'old')")
    asked = "select coalesce(max(digest), 'backed up') from ops.model_versions where model = 'state'"
    steps = {
        ("backup", "_read", "before"): old,
        ("backup", "make_current", "after"): old,
        ("warehouse_file", "flush", "1"): old,
        ("warehouse_file", "rename", "after"): new,  # done and on disk: whoever comes next puts it in place
        ("os", "rename", "2"): new,
        ("os", "rename", "3"): new,
        ("warehouse_file", "rename", "2"): new,
    }
    for step, expected in steps.items():
        killed(settings, "restore", *step)
        assert small_warehouse.query(settings, asked) == expected, step
        assert not (settings.home / "warehouse.duckdb.restored").exists()
        if expected == new:
            aside = sorted(settings.home.glob("warehouse.duckdb.damaged-*"))[-1]
            with duckdb.connect(str(aside), read_only=True) as connection:
                assert connection.execute(asked).fetchall() == old, step
            small_warehouse.change(settings, "insert into ops.model_versions values ('state', 'old')")
    assert backup.restore(settings).rows > 0


def test_the_log_of_the_damaged_file_does_not_get_into_the_restored_one(settings):
    backup.make(settings)
    before = contents(settings)
    log = settings.warehouse.with_name("warehouse.duckdb.wal")
    log.write_bytes(b"what a killed process left")
    damage(settings)
    restored = backup.restore(settings)
    assert contents(settings) == before
    assert not log.exists()
    assert restored.set_aside.with_name(f"{restored.set_aside.name}.wal").read_bytes() == b"what a killed process left"


def test_a_damaged_warehouse_makes_no_backup(settings):
    backup.make(settings)
    kept = backup.kept(settings)
    damage(settings)
    with pytest.raises(WarehouseDamagedError, match="customer360 restore"):
        backup.make(settings)
    assert backup.kept(settings) == kept
    assert [path.name for path in settings.backups.iterdir()] == [kept[0].name]


def test_the_erased_stay_erased_and_their_key_comes_back(settings):
    keyed.hash_key(settings)
    backup.make(settings)
    key = settings.key_file.read_bytes()
    shutil.rmtree(settings.key_file.parent)
    backup.restore(settings)
    assert settings.key_file.read_bytes() == key
    assert stat.S_IMODE(settings.key_file.stat().st_mode) == 0o600
