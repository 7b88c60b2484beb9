"""What nobody needs goes when its time has come; what a mart, a pull or a question may need stays."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import replace

import duckdb
import pytest
import small_warehouse

from customer360 import compaction, retention
from customer360.build import project_folder
from customer360.config import Settings
from customer360.publish import publish
from customer360.sources import raw
from customer360.sources.contract import TABLES
from customer360.warehouse import writing

HISTORY = "from intermediate.int_member_consents_changed order by all"


def latest(settings: Settings) -> dict[str, list]:
    """Of each raw table, its newest versions as the models take them."""
    with writing(settings, "test") as connection:
        return {
            table.raw_name: connection.execute(
                f"select count(*), sum(hash(t)::hugeint) from (from raw.{table.raw_name} qualify row_number() over "
                f'(partition by "{table.key}" order by updated_at desc, _loaded_at desc, _row_hash desc) = 1) t'
            ).fetchall()
            for table in TABLES.values()
        }


def test_superseded_versions_go_and_no_model_can_tell(copy_of_sample):
    settings = replace(copy_of_sample(), keep_raw_days=30)
    with writing(settings, "test") as connection:
        for table in TABLES.values():
            connection.execute(
                f"insert into raw.{table.raw_name} by name "
                "select * replace (updated_at - interval 1 hour as updated_at, _row_hash + 1 as _row_hash) "
                f"from raw.{table.raw_name} using sample 10 percent (bernoulli, 1)"
            )
            connection.execute(f"update raw.{table.raw_name} set _loaded_at = _loaded_at - interval 100 day")
        connection.execute(
            "insert into raw.membership_members by name select * replace (updated_at - interval 2 hour as updated_at, "
            "not consent_email as consent_email) from raw.membership_members using sample 5 percent (bernoulli, 2)"
        )
        before = sum(retention_rows(connection))
        consents = connection.execute(HISTORY).fetchall()
        positions = [raw.position(connection, table) for table in TABLES.values()]
    newest = latest(settings)
    assert retention.tidy(settings, dry_run=True, progress=lambda _: None)
    removed = retention.tidy(settings, progress=lambda _: None)
    with writing(settings, "test") as connection:
        after = sum(retention_rows(connection))
        assert connection.execute(HISTORY).fetchall() == consents
        assert [raw.position(connection, table) for table in TABLES.values()] == positions
    assert len(consents) > 50
    assert before - after == sum(each.count for each in removed if each.place.startswith("raw.")) > 5000
    assert latest(settings) == newest
    assert [each for each in retention.tidy(settings, progress=lambda _: None) if each.place.startswith("raw.")] == []


def test_the_last_time_that_a_consent_was_said_stays_also_when_nothing_is_said_later(settings):
    """Whose card said yes last is asked across cards: yes, yes again, then nothing: the second yes has to stay."""
    versions = [(1, "true"), (2, "true"), (3, "true"), (4, "null"), (5, "null"), (6, "null")]
    for day, consent in versions:
        small_warehouse.change(
            settings,
            "insert into raw.membership_members by name select 'mx' as member_id, "
            f"timestamp '2026-01-0{day}' as updated_at, {consent} as consent_email, {day} as _row_hash, "
            f"timestamp '2020-01-0{day}' as _loaded_at",
        )
    retention.tidy(replace(settings, keep_raw_days=1), progress=lambda _: None)
    left = small_warehouse.query(
        settings, "select day(updated_at) from raw.membership_members where member_id = 'mx' order by 1"
    )
    assert left == [(1,), (3,), (4,), (6,)]


def retention_rows(connection: duckdb.DuckDBPyConnection) -> list[int]:
    return [connection.execute(f"select count(*) from raw.{name}").fetchone()[0] for name in TABLES]


def test_only_consents_are_read_as_history_all_else_by_its_newest_version():
    """What the rule rests on. A model that reads older versions of a table belongs into retention.HISTORY."""
    readers = {}
    for file in (project_folder() / "models").rglob("*.sql"):
        text = file.read_text(encoding="utf-8")
        whole = re.findall(r"source\('(?:shop|helpdesk|membership)', '(\w+)'\)", text)
        of_newest = re.findall(r"latest_versions\(source\('\w+', '(\w+)'\)", text)
        if len(whole) > len(of_newest):
            readers[file.stem] = set(whole)
    assert readers == {"int_member_consents_changed": {"members"}, "int_customer_consents": {"members"}}
    assert set(retention.HISTORY) == {"membership_members"}
    columns = retention.HISTORY["membership_members"]
    for reader in readers:
        sql = (project_folder() / f"models/intermediate/{reader}.sql").read_text(encoding="utf-8")
        assert set(re.findall(r"consent_\w+", sql)) == set(columns)


@pytest.fixture
def settings(tmp_path) -> Settings:
    settings = Settings(home=tmp_path / "home")
    small_warehouse.ready(settings)
    return settings


def test_raw_keeps_everything_unless_told_for_how_long(settings):
    small_warehouse.change(
        settings,
        "insert into raw.shop_orders by name select * replace (updated_at - interval 9 day as updated_at, "
        "timestamp '2001-01-01' as _loaded_at) from raw.shop_orders",
        "update raw.shop_orders set _loaded_at = timestamp '2001-01-02' where _loaded_at > timestamp '2001-01-01'",
    )
    rows = small_warehouse.query(settings, "select count(*) from raw.shop_orders")
    assert not any(each.place.startswith("raw.") for each in retention.tidy(settings, progress=lambda _: None))
    assert small_warehouse.query(settings, "select count(*) from raw.shop_orders") == rows
    retention.tidy(
        replace(settings, keep_raw_days=10_000), progress=lambda _: None
    )  # superseded in 2001: not so long ago
    assert small_warehouse.query(settings, "select count(*) from raw.shop_orders") == rows
    retention.tidy(replace(settings, keep_raw_days=1), progress=lambda _: None)
    assert small_warehouse.query(settings, "select count(*) * 2 from raw.shop_orders") == rows


def test_old_records_of_runs_go_but_what_the_next_step_asks_for_stays(settings):
    aged = "timestamp '2020-01-01'"
    small_warehouse.change(
        settings,
        f"insert into ops.pipeline_runs values ('old', 'run', {aged}, {aged}, 'succeeded', null), "
        "('new', 'run', now(), now(), 'succeeded', null)",
        f"update ops.model_runs set finished_at = {aged} + interval 2 day",
        f"insert into ops.model_runs values ('older', {aged}, 'build', 'build', 'success', 1, null, '')",
        f"update ops.completeness_results set checked_at = {aged} + interval 3 day",
        f"insert into ops.completeness_results select * replace ({aged} as checked_at) from ops.completeness_results",
        f"update ops.loads set ended_at = {aged} + interval 1 day, rows_loaded = 0",
        "insert into ops.loads by name select * replace (load_id || 'x' as load_id, "
        "ended_at - interval 1 hour as ended_at, null as watermark, 0 as source_count) from ops.loads",
        "insert into ops.quarantine (load_id, quarantined_at, source_system, source_table, reason, record, replayed_at)"
        f" select 'l', {aged}, 'shop', 'orders', 'r', '{{}}', unnest([{aged}, null])",
    )
    with writing(settings, "test") as connection:
        positions = [raw.position(connection, table) for table in TABLES.values()]
    told = []
    retention.tidy(settings, dry_run=True, progress=told.append)
    removed = {each.place: each.count for each in retention.tidy(settings, progress=lambda _: None)}
    assert removed == {
        "ops.pipeline_runs": 1,
        "ops.model_runs": 1,
        "ops.completeness_results": 2,
        "ops.loads": len(TABLES),
        "ops.quarantine": 1,
    }
    assert len(told) == len(removed)
    with writing(settings, "test") as connection:
        assert [raw.position(connection, table) for table in TABLES.values()] == positions
    publish(settings, run_id="run")  # the last build and the last checks are still known


def test_old_logs_and_damaged_files_go_new_ones_stay(settings):
    names = (
        "logs/old.log",
        "dbt/logs/dbt.log.1",
        "airflow/logs/dag/run/task.log",
        "warehouse.duckdb.damaged-20200101T000000",
    )
    kept = ("logs/new.log", "airflow/airflow.db", "warehouse.duckdb.damaged-20990101T000000", "published/old.txt")
    for name in (*names, *kept):
        (settings.home / name).parent.mkdir(parents=True, exist_ok=True)
        (settings.home / name).write_text("x")
    long_ago = time.time() - 91 * 86400
    for name in (*names, "airflow/airflow.db", "published/old.txt"):
        os.utime(settings.home / name, (long_ago, long_ago))
    (settings.home / "warehouse.duckdb.restoring").write_text("half")
    retention.tidy(settings, dry_run=True, progress=lambda _: None)
    assert all((settings.home / name).exists() for name in names)
    retention.tidy(settings, progress=lambda _: None)
    assert not any(
        (settings.home / name).exists() for name in (*names, "airflow/logs/dag", "warehouse.duckdb.restoring")
    )
    assert all((settings.home / name).exists() for name in kept)


def everything(settings: Settings) -> dict:
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        listing = connection.execute(
            "select schema_name || '.\"' || table_name || '\"', sql, comment from duckdb_tables() union all "
            "select schema_name || '.' || view_name, sql, comment from duckdb_views() where not internal"
        ).fetchall()
        return {
            (name, sql, comment): connection.execute(f"select count(*), sum(hash(t)::hugeint) from {name} t").fetchall()
            for name, sql, comment in listing
        }


def test_a_file_that_is_mostly_empty_is_written_anew_and_holds_the_same(settings, monkeypatch):
    small_warehouse.change(
        settings,
        "create view marts.seen as select order_id from warehouse.marts.orders",
        "comment on view marts.seen is 'it''s'",
    )
    monkeypatch.setattr(compaction, "LEAST_FREE_BYTES", 1 << 20)
    for statement in (
        "create table marts.large as select hash(n) as h, uuid() as u from range(1000000) t(n)",
        "create or replace table marts.orders as from marts.orders",  # behind it: DuckDB cuts off an empty end itself
        "drop table marts.large",
    ):
        small_warehouse.change(settings, statement)
    before = everything(settings)
    size = settings.warehouse.stat().st_size
    told = []
    retention.tidy(settings, progress=told.append)
    assert "written anew" in told[-1]
    assert settings.warehouse.stat().st_size < size / 2
    assert settings.warehouse.stat().st_mode & 0o777 == 0o600
    assert everything(settings) == before
    retention.tidy(settings, progress=told.append)
    assert "left as it is" in told[-1]


KILLED = """
import os, signal, sys
from pathlib import Path
from customer360 import compaction
from customer360.config import Settings
from customer360.warehouse import writing

original = getattr(compaction, sys.argv[2])

def deadly(*arguments):
    if sys.argv[3] == "after":
        original(*arguments)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(compaction, sys.argv[2], deadly)
settings = Settings(home=Path(sys.argv[1]))
with writing(settings, "test") as connection:
    compaction.compact(connection, settings, always=True)
"""


def test_killed_while_it_is_written_anew_it_is_the_old_or_the_new_file(settings):
    before = everything(settings)
    for step in (("_require_equal", "before"), ("flush", "after"), ("rename", "before"), ("rename", "after")):
        done = subprocess.run([sys.executable, "-c", KILLED, str(settings.home), *step], capture_output=True)
        assert done.returncode == -signal.SIGKILL, done.stderr.decode()
        assert everything(settings) == before, step
    retention.tidy(settings, progress=lambda _: None)
    assert not list(settings.home.glob("warehouse.duckdb.*"))


@pytest.mark.parametrize(
    ("lost", "named"),
    [
        ("delete from fresh.raw.shop_orders where order_id = 'o1-1'", "shop_orders is not what"),
        ("update fresh.raw.shop_orders set total_amount = 0 where order_id = 'o1-1'", "shop_orders is not what"),
        ("create or replace table fresh.ops.publications as from fresh.ops.publications", "another ops.publications"),
        ("comment on column fresh.marts.orders.net_sales is null", "another marts.orders"),
        (
            "create or replace view fresh.marts.seen as select order_id from warehouse.marts.deliveries",
            "another marts.seen",
        ),
    ],
)
def test_a_copy_that_differs_does_not_take_the_place_of_the_warehouse(settings, monkeypatch, lost, named):
    small_warehouse.change(settings, "create view marts.seen as select order_id from warehouse.marts.orders")
    before = everything(settings)
    original = compaction._copy_comments

    def lossy(connection, name):
        original(connection, name)
        connection.execute(lost)

    monkeypatch.setattr(compaction, "_copy_comments", lossy)
    with pytest.raises(Exception, match=named), writing(settings, "test") as connection:
        compaction.compact(connection, settings, always=True)
    assert everything(settings) == before
    shutil.rmtree(settings.home)
