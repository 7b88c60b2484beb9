"""Pulling the shop database into raw, from a real SQLite and a real PostgreSQL."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from customer360.errors import SourceError, WarehouseBusyError
from customer360.sources import databases, orders, raw

QUIET = {"run_id": "run_test", "progress": lambda line: None}
LATEST = "select max(watermark) from ops.loads where source_table = 'orders' and status = 'succeeded'"


@pytest.fixture
def of_shop(settings, shop):
    return replace(settings, shop_url=shop[0]), shop[1]


@pytest.fixture
def of_sqlite(settings, sqlite_shop):
    return replace(settings, shop_url=sqlite_shop[0]), sqlite_shop[1]


def test_every_table_is_loaded_with_a_record_of_its_load(of_shop, raw_rows):
    loads = orders.pull(of_shop[0], **QUIET)
    assert [load.source_table for load in loads] == [
        "customers", "salespeople", "partners", "products", "orders", "order_items", "payments", "returns",
    ]  # fmt: skip
    for load in loads:
        assert (load.rows_read, load.rows_loaded, load.rows_quarantined, load.source_count) == (30, 30, 0, 30)
        assert load.watermark == datetime(2026, 1, 2, 5)
        assert raw_rows(f"select count(distinct _load_id), min(_load_id) from raw.shop_{load.source_table}") == [
            (1, load.load_id)
        ]
    assert raw_rows("select typeof(total_amount), total_amount, is_gift, ordered_at from raw.shop_orders limit 1") == [
        ("DECIMAL(18,4)", Decimal("19.9900"), True, datetime(2026, 1, 1))
    ]
    assert raw_rows("select count(*) from ops.loads where run_id = 'run_test'") == [(8,)]


def test_a_second_pull_of_an_unchanged_shop_changes_nothing(of_shop, raw_rows):
    orders.pull(of_shop[0], **QUIET)
    before = raw_rows("select * from raw.shop_orders order by order_id")
    loads = orders.pull(of_shop[0], **QUIET)
    assert sum(load.rows_loaded for load in loads) == 0
    assert all(load.rows_read == load.rows_unchanged for load in loads)
    assert raw_rows("select * from raw.shop_orders order by order_id") == before


def test_a_changed_record_is_a_new_version_and_the_old_one_stays(of_shop, raw_rows):
    settings, run = of_shop
    orders.pull(settings, **QUIET)
    run("update orders set status = 'returned', updated_at = '2026-01-03 10:00:00' where order_id = 'orders-7'")
    loads = {load.source_table: load for load in orders.pull(settings, **QUIET)}
    assert loads["orders"].rows_loaded == 1
    assert raw_rows("select status, updated_at from raw.shop_orders where order_id = 'orders-7' order by 2") == [
        ("status 7", datetime(2026, 1, 1, 7)),
        ("returned", datetime(2026, 1, 3, 10)),
    ]
    assert raw_rows(LATEST) == [(datetime(2026, 1, 3, 10),)]


def test_a_row_that_is_committed_late_is_found_within_the_lag(of_sqlite, raw_rows):
    settings, run = of_sqlite
    orders.pull(settings, **QUIET)
    run(
        "update orders set order_id = 'late' where order_id = 'orders-3'"
    )  # its updated_at is a day before the watermark
    assert next(load for load in orders.pull(settings, **QUIET) if load.source_table == "orders").rows_loaded == 1
    assert raw_rows("select count(*) from raw.shop_orders where order_id = 'late'") == [(1,)]


def test_going_back_to_an_earlier_value_without_moving_updated_at_is_a_version_too(of_sqlite, raw_rows):
    settings, run = of_sqlite
    for status in ("a", "b", "a"):
        run(f"update orders set status = '{status}' where order_id = 'orders-1'")
        orders.pull(settings, **QUIET)
    assert raw_rows("select status from raw.shop_orders where order_id = 'orders-1' order by _loaded_at") == [
        ("a",), ("b",), ("a",),
    ]  # fmt: skip


def test_a_long_pull_goes_in_windows_and_loads_the_same(of_shop, raw_rows, monkeypatch):
    monkeypatch.setattr(databases, "ROWS_PER_WINDOW", 11)
    loads = [load for load in orders.pull(of_shop[0], **QUIET) if load.source_table == "orders"]
    assert len(loads) == 3
    assert sum(load.rows_loaded for load in loads) == 30
    assert [load.watermark for load in loads] == sorted({load.watermark for load in loads})
    assert raw_rows("select count(*), count(distinct order_id) from raw.shop_orders") == [(30, 30)]


def test_a_write_that_fails_while_more_is_fetched_stops_the_pull_and_the_next_one_loads_the_rest(
    of_sqlite, raw_rows, monkeypatch
):
    settings, _ = of_sqlite
    monkeypatch.setattr(databases, "ROWS_PER_WINDOW", 11)
    write, writes = raw.write, []

    def fails_at_the_second(*args, **options):
        writes.append(args)
        if len(writes) == 2:
            raise WarehouseBusyError("busy")
        return write(*args, **options)

    monkeypatch.setattr(raw, "write", fails_at_the_second)
    with pytest.raises(WarehouseBusyError):
        orders.pull(settings, **QUIET)
    assert len(writes) == 2
    assert list(settings.landing.iterdir()) == []
    orders.pull(settings, **QUIET)
    for table in ("customers", "orders", "order_items"):
        assert raw_rows(f"select count(*), count(distinct (#1, updated_at)) from raw.shop_{table}") == [(30, 30)]


def test_nothing_heavy_is_imported_by_a_pull(of_sqlite):
    code = (
        "import sys; from customer360.config import Settings; from customer360.sources import orders; "
        "from pathlib import Path; orders.pull(Settings(home=Path(sys.argv[1]), shop_url=sys.argv[2]), run_id='r'); "
        "sys.exit(', '.join({'pandas', 'dlt', 'dbt', 'great_expectations'} & set(sys.modules)) or None)"
    )
    settings, _ = of_sqlite
    subprocess.run([sys.executable, "-c", code, str(settings.home), settings.shop_url], check=True)


def test_a_window_loads_its_rows_and_never_moves_the_watermark_backwards(of_sqlite, raw_rows):
    settings, run = of_sqlite
    orders.pull(settings, **QUIET)
    run("insert into orders (order_id, updated_at, ordered_at, status, total_amount) "
        "values ('old', '2025-06-01 00:00:00', '2025-06-01 00:00:00', 'paid', 1)")  # fmt: skip
    window = {"since": datetime(2025, 5, 1), "until": datetime(2025, 7, 1)}
    load = next(load for load in orders.pull(settings, **QUIET, **window) if load.source_table == "orders")
    assert (load.rows_read, load.rows_loaded) == (1, 1)
    assert load.source_count == 1  # up to the end of the window
    assert raw_rows(LATEST) == [(datetime(2026, 1, 2, 5),)]


def test_a_window_that_would_leave_a_gap_does_not_move_the_watermark(of_sqlite, raw_rows):
    settings, _ = of_sqlite
    window = {"since": datetime(2026, 1, 1, 11, 30), "until": datetime(2026, 1, 1, 17)}
    orders.pull(settings, **QUIET, **window)
    assert raw_rows("select count(*) from raw.shop_orders") == [(6,)]
    assert raw_rows(LATEST) == [(None,)]
    orders.pull(settings, **QUIET)
    assert raw_rows("select count(*) from raw.shop_orders") == [(30,)]


def test_money_is_exact_however_the_source_keeps_it(settings, postgres_shop, sqlite_shop, raw_rows):
    amounts = ["0.1", "12345678901234.5678", "64.97", "-3.5000", "0.30000"]
    postgres_shop[1]("alter table payments alter amount type numeric")  # without precision: a float to many readers
    for number, amount in enumerate(amounts):
        postgres_shop[1](f"update payments set amount = {amount} where payment_id = 'payments-{number}'")
    orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)
    wanted = [(Decimal(amount).quantize(Decimal("0.0001")),) for amount in amounts]
    few = "payment_id <= 'payments-4' and length(payment_id) = 10"
    query = f"select amount from raw.shop_payments where {few} order by payment_id"
    assert raw_rows(query) == wanted

    as_real = replace(settings, home=settings.home / "2", shop_url=sqlite_shop[0])
    sqlite_shop[1]("update payments set amount = cast(0.1 as real) + cast(0.2 as real) where payment_id = 'payments-1'")
    sqlite_shop[1]("update payments set amount = '1234567.8901' where payment_id = 'payments-2'")
    orders.pull(as_real, **QUIET)
    import duckdb

    with duckdb.connect(str(as_real.warehouse), read_only=True) as connection:
        assert connection.execute(
            "select amount from raw.shop_payments where payment_id in ('payments-1', 'payments-2') order by payment_id"
        ).fetchall() == [(Decimal("0.3000"),), (Decimal("1234567.8901"),)]


def test_an_amount_with_more_than_four_decimals_is_not_rounded_silently(settings, postgres_shop, raw_rows):
    postgres_shop[1]("alter table payments alter amount type numeric(20, 6)")
    postgres_shop[1]("update payments set amount = 1.000001 where payment_id = 'payments-1'")
    load = {x.source_table: x for x in orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)}["payments"]
    assert (load.rows_loaded, load.rows_quarantined) == (29, 1)
    assert raw_rows("select source_record_id, column_name, reason from ops.quarantine") == [
        ("payments-1", "amount", "is not an exact amount with at most four decimals")
    ]


def test_times_with_a_zone_become_utc(settings, postgres_shop, raw_rows):
    run = postgres_shop[1]
    run(
        "set timezone = 'UTC'; alter table orders alter updated_at type timestamptz using updated_at at time zone 'UTC'"
    )
    run("update orders set updated_at = '2026-01-05 01:30:00+08' where order_id = 'orders-1'")
    loads = orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)
    assert next(load for load in loads if load.source_table == "orders").watermark == datetime(2026, 1, 4, 17, 30)
    assert raw_rows("select updated_at from raw.shop_orders where order_id = 'orders-1'") == [
        (datetime(2026, 1, 4, 17, 30),)
    ]
    again = orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)
    assert sum(load.rows_loaded for load in again) == 0


def test_every_type_of_postgresql_arrives(settings, postgres_shop, raw_rows):
    run = postgres_shop[1]
    run("create type mood as enum ('calm', 'cross')")
    run("alter table customers add a_uuid uuid, add a_mood mood, add a_list int[], add a_json jsonb, add some_bytes "
        "bytea, "
        "add a_span interval, add an_address inet, add a_char char(8), add a_price money")  # fmt: skip
    run("update customers set a_uuid = '6ecd8c99-4036-403d-bf84-cf8400f67836', a_mood = 'calm', a_list = '{1,2}', "
        "a_json = '{\"k\": 1}', some_bytes = '\\x00ff', a_span = '1 day', an_address = '10.0.0.1', a_char = 'x', "
        "a_price = 12.5 where customer_id = 'customers-1'")  # fmt: skip
    load = orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)[0]
    assert load.new_columns == "a_uuid, a_mood, a_list, a_json, some_bytes, a_span, an_address, a_char, a_price"
    columns = "a_uuid, a_mood, a_list, a_json, some_bytes, a_span, an_address, a_char, a_price"
    assert raw_rows(f"select {columns} from raw.shop_customers where customer_id = 'customers-1'") == [
        (
            "6ecd8c99-4036-403d-bf84-cf8400f67836",
            "calm",
            "{1,2}",
            '{"k": 1}',
            "\\x00ff",
            "1 day",
            "10.0.0.1/32",
            "x",
            "12.50",
        )
    ]


def test_numbers_and_times_that_no_warehouse_holds_are_quarantined(settings, postgres_shop, raw_rows):
    run = postgres_shop[1]
    run("update payments set amount = 'NaN' where payment_id = 'payments-1'")
    run("update payments set paid_at = 'infinity' where payment_id = 'payments-2'")
    load = {x.source_table: x for x in orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)}["payments"]
    assert (load.rows_loaded, load.rows_quarantined) == (29, 1)
    assert raw_rows("select source_record_id, column_name from ops.quarantine order by 1") == [
        ("payments-1", "amount"), ("payments-2", "paid_at"),
    ]  # fmt: skip
    assert raw_rows("select paid_at from raw.shop_payments where payment_id = 'payments-2'") == [(None,)]


PULL_SLOWLY = """
import sys, time
from pathlib import Path
from customer360.config import Settings
from customer360.sources import databases, orders, raw
databases.ROWS_PER_WINDOW = 3
write = raw.write
def slow_write(*args, **kwargs):
    load = write(*args, **kwargs)
    print("committed", flush=True)
    time.sleep(0.05)
    return load
raw.write = slow_write
orders.pull(Settings(home=Path(sys.argv[1]), shop_url=sys.argv[2]), run_id="run_child", progress=lambda line: None)
"""


@pytest.mark.parametrize("commits", [0, 5])
def test_a_pull_that_is_killed_and_repeated_loads_what_an_undisturbed_one_does(
    settings, sqlite_shop, raw_rows, commits
):
    settings = replace(settings, shop_url=sqlite_shop[0])
    child = subprocess.Popen(
        [sys.executable, "-c", PULL_SLOWLY, str(settings.home), settings.shop_url], stdout=subprocess.PIPE, text=True
    )
    for _ in range(commits):
        assert child.stdout.readline() == "committed\n"
    if commits == 0:
        while not list(settings.landing.glob("*/*")):
            time.sleep(0.01)
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    orders.pull(settings, **QUIET)
    for table in ("customers", "orders", "order_items", "returns"):
        assert raw_rows(f"select count(*), count(distinct (#1, updated_at)) from raw.shop_{table}") == [(30, 30)]
    assert list(settings.landing.iterdir()) == []  # also what the killed one left


def test_two_pulls_at_once_load_every_row_once(settings, sqlite_shop, raw_rows):
    settings = replace(settings, shop_url=sqlite_shop[0])
    errors = []

    def pull():
        try:
            orders.pull(settings, **QUIET)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=pull) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert raw_rows("select count(*), count(distinct order_id) from raw.shop_orders") == [(30, 30)]


def test_a_password_is_never_shown(settings):
    for url in ("postgresql://shop:s3cret%2Fpw@127.0.0.1:1/shop", "postgresql+psycopg2://u:s3cret@127.0.0.1:1/x"):
        with pytest.raises(SourceError) as caught:
            orders.pull(replace(settings, shop_url=url), **QUIET)
        assert "s3cret" not in str(caught.value)
        assert "127.0.0.1" in str(caught.value)
        assert "s3cret" not in repr(replace(settings, shop_url=url))


def test_the_progress_holds_no_personal_data(settings, sqlite_shop):
    said = []
    sqlite_shop[1]("update customers set full_name = 'Ada Lovelace', email = 'ada@example.com'")
    orders.pull(replace(settings, shop_url=sqlite_shop[0]), run_id=None, progress=said.append)
    assert len(said) == 8
    assert said[0].startswith("shop.customers: 30 rows read, 30 new, 0 quarantined, ")
    assert "Ada" not in "".join(said)
