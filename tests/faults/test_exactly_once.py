"""Windows in any order, overlapping and repeated, load what one pull loads; a clock that goes back loses nothing.

A second pull that changes nothing, late rows, corrected rows and files that come twice: tests/integration/test_pull_*.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from datetime import UTC, datetime, timedelta
from random import Random

import duckdb
import pytest

from customer360 import warehouse
from customer360.build import _record_build, require_finished_build
from customer360.config import Settings
from customer360.demo.server import HelpdeskServer
from customer360.errors import BuildError
from customer360.sources import members, orders, tickets
from customer360.sources.contract import SHOP, TABLES
from customer360.warehouse import utc_now, writing

START = datetime(2026, 1, 1)
QUIET = {"run_id": "run_test", "progress": lambda line: None}


@pytest.fixture
def sources(tmp_path):
    """A shop, a helpdesk that repeats records, and member files, each with 60 records, two of them an hour."""
    shop = tmp_path / "shop.sqlite"
    with contextlib.closing(sqlite3.connect(shop)) as connection:
        for table in SHOP:
            names = [column.name for column in table.columns]
            connection.execute(f"create table {table.name} ({', '.join(names)})")
            if table.name in ("orders", "payments"):
                known = {"updated_at", "ordered_at", "amount", "total_amount", "status", "order_id", table.key}
                used = [name for name in names if name in known]
                for i in range(60):
                    at = str(START + timedelta(minutes=30 * i))
                    values = {"updated_at": at, "ordered_at": at, "amount": "1.5", "total_amount": "1.5"}
                    row = [values.get(name, f"{table.name}-{i}") for name in used]
                    connection.execute(
                        f"insert into {table.name} ({', '.join(used)}) values ({', '.join('?' * len(row))})", row
                    )
        connection.commit()
    helpdesk, folder = tmp_path / "helpdesk", tmp_path / "members"
    helpdesk.mkdir()
    folder.mkdir()
    records = [{"id": i, "created_at": f"{START + timedelta(minutes=30 * i):%Y-%m-%dT%H:%M:%SZ}",
                "updated_at": f"{START + timedelta(minutes=30 * i):%Y-%m-%dT%H:%M:%SZ}", "name": f"U{i}",
                "role": "end-user",
                "status": "open", "score": "good", "ticket_id": i % 7, "requester_id": 1, "subject": "s",
                "timestamp": int((START + timedelta(minutes=30 * i)).replace(tzinfo=UTC).timestamp()),
                "event_type": "Audit", "child_events": []} for i in range(60)]  # fmt: skip
    for name in ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups"):
        kept = [{k: v for k, v in record.items() if k != "timestamp" or name == "ticket_events"} for record in records]
        (helpdesk / f"{name}.jsonl").write_text("".join(json.dumps(record) + "\n" for record in kept))
    for day in range(3):
        lines = [json.dumps({"activity_id": f"A{i}", "member_id": "M1", "type": "sign_in",
                             "updated_at": str(START + timedelta(minutes=30 * i)), "occurred_at": str(START)}) + "\n"
                 for i in range(20 * day, 20 * day + 25)]  # fmt: skip
        (folder / f"activities_{day}.jsonl").write_text("".join(lines))
    with HelpdeskServer(helpdesk, token="t", repeat_records=True) as server:
        yield {
            "shop_url": f"sqlite:///{shop}", "helpdesk_url": server.url, "helpdesk_token": "t",
            "members_url": str(folder),
        }  # fmt: skip


def raw(home) -> dict[str, list]:
    """What raw holds, but for when and by which load."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return {
            name: connection.execute(f"select * exclude (_load_id, _loaded_at) from raw.{name} order by all").fetchall()
            for name in TABLES
        }


@pytest.mark.parametrize("source", [orders, tickets, members], ids=lambda module: module.__name__.rsplit(".", 1)[1])
@pytest.mark.parametrize("seed", [1, 2])
def test_windows_in_any_order_overlapping_and_repeated_give_what_one_pull_gives(sources, tmp_path, source, seed):
    once, often = (Settings(home=tmp_path / name, **sources) for name in ("once", "often"))
    source.pull(once, **QUIET)
    random = Random(seed)
    windows = [
        (START + timedelta(hours=h - 1), START + timedelta(hours=h + random.randint(5, 12))) for h in range(0, 30, 5)
    ]
    windows += random.sample(windows, 2)  # some again
    random.shuffle(windows)
    for since, until in windows:
        source.pull(often, since=since, until=until, **QUIET)
    source.pull(often, **QUIET)  # and the daily one, which goes on from the watermark
    assert raw(often.home) == raw(once.home)
    loads = [load for load in source.pull(often, **QUIET) if load.rows_loaded]
    assert loads == []
    with duckdb.connect(str(often.home / "warehouse.duckdb"), read_only=True) as connection:
        for table in TABLES.values():
            rows, watermark, newest = connection.execute(
                f"""
                select (select sum(rows_loaded) from ops.loads where source_system = ? and source_table = ?),
                    (select max(watermark) from ops.loads where source_system = ? and source_table = ?),
                    max(updated_at) from raw.{table.raw_name}
                """,
                [table.source, table.name] * 2,
            ).fetchone()
            if rows:
                assert watermark == newest  # rows and watermark moved together
                assert rows == len(raw(once.home)[table.raw_name])


class ClockOf:
    """The machine's clock, some hours off."""

    min = datetime.min
    hours = 0.0

    @classmethod
    def now(cls, zone):
        return datetime.now(zone) + timedelta(hours=cls.hours)


@pytest.fixture
def clock(monkeypatch):
    monkeypatch.setattr(warehouse, "datetime", ClockOf)
    monkeypatch.setattr(warehouse, "_not_before", datetime.min)
    monkeypatch.setattr(ClockOf, "hours", 0.0)
    return ClockOf


def test_when_the_clock_goes_back_the_version_loaded_last_is_the_latest_and_nothing_is_loaded_twice(
    sources, tmp_path, clock
):
    settings = Settings(home=tmp_path / "home", **sources)
    orders.pull(settings, **QUIET)
    path = sources["shop_url"].removeprefix("sqlite:///")
    for hours, status in ((-5, "corrected"), (-30, "corrected again")):
        clock.hours = hours
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("update orders set status = ? where order_id = 'orders-59'", [status])
            connection.commit()
        orders.pull(settings, **QUIET)
        assert sum(load.rows_loaded for load in orders.pull(settings, **QUIET)) == 0
        with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
            latest = connection.execute(
                "select max_by(status, _loaded_at) from raw.shop_orders where order_id = 'orders-59'"
            ).fetchone()
        assert latest == (status,)
    with duckdb.connect(str(settings.warehouse), read_only=True) as connection:
        assert connection.execute("select count(*) from raw.shop_orders").fetchone() == (62,)
        ordered = connection.execute(
            "select started_at <= ended_at from ops.loads where status = 'succeeded'"
        ).fetchall()
    assert all(is_so for (is_so,) in ordered)


def test_when_the_clock_goes_back_a_build_that_was_killed_is_not_hidden_by_an_earlier_one(tmp_path, clock):
    settings = Settings(home=tmp_path / "home")
    with writing(settings, "test") as connection:
        _record_build(connection, "first", "running", 0, "as of")
        _record_build(connection, "first", "success", 1, "as of")
    clock.hours = -3
    with writing(settings, "test") as connection:
        _record_build(connection, "second", "running", 0, "as of")
        with pytest.raises(BuildError, match="second, did not end"):
            require_finished_build(connection)


def test_times_on_record_go_up_within_a_run_whatever_the_clock_does(tmp_path, clock):
    with writing(Settings(home=tmp_path / "home"), "test") as connection:
        _record_build(connection, "run", "running", 0, "as of")
    with writing(Settings(home=tmp_path / "home"), "test"):
        clock.hours = -1
        stamps = [utc_now() for _ in range(5)]
    assert stamps == sorted(set(stamps))
