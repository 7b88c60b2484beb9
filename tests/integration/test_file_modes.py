"""Files that hold personal data are their owner's alone from the first byte; published ones are for all to read."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
import small_warehouse

from customer360 import publish as publishing
from customer360.config import Settings
from customer360.publish import publish, rollback
from customer360.warehouse import writing


@pytest.fixture
def settings(tmp_path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    small_warehouse.ready(settings)
    return settings


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(folder: Path) -> set[str]:
    """Files that somebody else could open: readable, in folders that can be entered."""
    found = set()
    for here, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if mode(Path(here, name)) & 0o011]
        found |= {str(Path(here, name).relative_to(folder)) for name in files if mode(Path(here, name)) & 0o044}
    return found


def test_what_a_writer_leaves_in_the_home_while_it_writes_is_its_own(settings):
    with writing(settings, "test") as connection:
        connection.execute("set memory_limit = '60MB'")
        connection.execute("begin")
        connection.execute("create table ops.letters as select repeat('kanarie ', 99) || i as t from range(9000) r(i)")
        connection.execute("commit")
        (settings.home / "dbt").mkdir()
        (settings.home / "dbt" / "log").touch()
        assert (settings.home / "warehouse.duckdb.wal").exists()
        assert open_to_others(settings.home) == {"warehouse.lock"}
    assert mode(settings.warehouse) == 0o600


def test_the_restricted_file_is_private_while_it_is_built_and_in_every_kept_version(settings, monkeypatch):
    seen = []

    def watch(connection, folder):
        write(connection, folder)
        seen.append((mode(folder), mode(folder / "customer_contacts.duckdb")))

    def hash_(path):
        seen.extend(mode(folder) for folder in (settings.published / "versions").glob(".building-*/restricted"))
        return digest(path)

    write, digest = publishing._write_contacts, publishing.sha256
    monkeypatch.setattr(publishing, "_write_contacts", watch)
    monkeypatch.setattr(publishing, "sha256", hash_)
    for _ in range(2):
        publish(settings, run_id="run")
    rollback(settings, run_id="back")
    assert (0o700, 0o600) in seen
    assert set(seen) == {0o700, (0o700, 0o600)}
    kept = list((settings.published / "versions").iterdir())
    assert len(kept) == 2
    for version in kept:
        assert (mode(version), mode(version / "restricted")) == (0o755, 0o700)
        assert mode(version / "restricted" / "customer_contacts.duckdb") == 0o600
        assert mode(version / "customer_360.duckdb") == mode(version / "parquet" / "orders.parquet") == 0o444
        assert mode(version / "parquet") == 0o755


def test_readers_of_another_user_reach_the_publication_and_the_report_and_nothing_else(settings):
    publish(settings, run_id="run")
    first = {Path(path).parts[0] for path in open_to_others(settings.home)}
    assert first == {"published", "docs", "warehouse.lock"}
    assert not [path for path in open_to_others(settings.home) if "restricted" in path or "contacts" in path]
    assert mode(settings.quality_report) == 0o644
