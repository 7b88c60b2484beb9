"""Reconciling the shop database with raw: SQLite and PostgreSQL, with differences planted in random places."""

from __future__ import annotations

import contextlib
import random
from dataclasses import replace
from datetime import timedelta

import pytest

from customer360 import retention
from customer360.errors import ReconciliationError
from customer360.reconcile import comparison, reconcile, repair, run, shop
from customer360.sources import orders
from customer360.sources.contract import TABLES
from customer360.sources.versions import deletions, superseded
from customer360.warehouse import utc_now, writing

QUIET = {"run_id": "run_test", "progress": lambda line: None}
ROWS = 30
LATEST = f"rowid not in ({superseded(TABLES['shop_orders'], 'raw.shop_orders')})"


@pytest.fixture
def loaded(settings, shop):
    settings = replace(settings, shop_url=shop[0])
    orders.pull(settings, **QUIET)
    return settings, shop[1]


@pytest.fixture
def loaded_sqlite(settings, sqlite_shop):
    settings = replace(settings, shop_url=sqlite_shop[0])
    orders.pull(settings, **QUIET)
    return settings, sqlite_shop[1]


def found(outcomes, table="orders") -> dict[str, tuple[int, int]]:
    """{kind: (found, repaired)} of one table; no other has any."""
    assert not [each for each in outcomes if each.differences and each.table.name != table]
    mine = next(each for each in outcomes if each.table.name == table)
    return {each.kind: (each.found, each.repaired) for each in mine.differences}


def change_raw(settings, sql: str) -> None:
    with writing(settings, "test") as connection:
        connection.execute(sql)


def compared(settings) -> list:
    return reconcile(settings, ["orders"], **QUIET)


def test_what_is_as_it_was_pulled_has_no_difference_and_nothing_is_read_again(loaded, raw_rows):
    outcomes = compared(loaded[0])
    assert [each.table.name for each in outcomes] == [table.name for table in TABLES.values() if table.source == "shop"]
    assert all(not each.differences and not each.rows_read_again for each in outcomes)
    assert raw_rows("select distinct kind, found, repaired, rows_compared from ops.reconciliations") == [
        ("none", 0, 0, ROWS)
    ]
    assert raw_rows("select count(*) from ops.loads") == [(8,)]


def test_every_planted_difference_is_found_and_only_those_records_are_read_again(loaded, raw_rows):
    settings, change = loaded
    numbers = random.Random(6).sample(range(ROWS - 1), 8)  # the last one holds the watermark
    dropped, altered, gone, back, late, doubled, unfit, newer = (f"orders-{number}" for number in numbers)
    change_raw(settings, f"delete from raw.shop_orders where order_id = '{dropped}'")
    change(f"update orders set status = 'altered in silence' where order_id = '{altered}'")
    change(f"delete from orders where order_id = '{gone}'")
    change(f"update orders set updated_at = '2025-12-30 10:00:00', status = 'restored' where order_id = '{back}'")
    change(f"update orders set updated_at = '2025-12-31 10:00:00', order_id = 'late' where order_id = '{late}'")
    change(f"insert into orders select * from orders where order_id = '{doubled}'")
    change(f"update orders set status = null where order_id = '{unfit}'")
    change(f"update orders set updated_at = '2026-01-09 10:00:00', status = 'new' where order_id = '{newer}'")
    before = raw_rows("select max(watermark) from ops.loads where source_table = 'orders'")

    outcomes = compared(settings)
    assert found(outcomes) == {
        "altered": (1, 1),
        "deleted": (2, 2),  # gone, and the one that has another key now
        "doubled": (1, 0),
        "missing": (3, 3),  # dropped, late, and the one that does not fit, which is in quarantine now
        "moved": (1, 1),
    }
    assert next(each for each in outcomes if each.table.name == "orders").rows_read_again == 5
    assert raw_rows(
        "select rows_read, rows_loaded, rows_quarantined from ops.loads where message = 'reconciliation'"
    ) == [(5, 4, 1)]
    assert raw_rows("select max(watermark) from ops.loads where source_table = 'orders'") == before
    assert sorted(raw_rows(f"select source_record_id from ({deletions()})")) == sorted([(gone,), (late,)])
    assert raw_rows(f"select status from raw.shop_orders where {LATEST} and order_id = '{altered}'") == [
        ("altered in silence",)
    ]
    assert raw_rows(
        f"select status, updated_at::varchar from raw.shop_orders where {LATEST} and order_id = '{back}'"
    ) == [("restored", "2025-12-30 10:00:00")]
    # as many records as before: one came, two went, one had been lost
    assert raw_rows(f"select count(*) from raw.shop_orders where {LATEST}") == [(ROWS - 1,)]

    assert found(compared(settings)) == {"doubled": (1, 0), "quarantined": (1, 0)}
    assert raw_rows("select count(*) from ops.quarantine") == [(1,)]

    orders.pull(settings, **QUIET)
    assert found(compared(settings)) == {"doubled": (1, 0), "quarantined": (1, 0)}
    assert raw_rows(f"select status from raw.shop_orders where {LATEST} and order_id = '{newer}'") == [("new",)]


def test_a_record_that_comes_back_counts_again_and_may_go_again(loaded_sqlite, raw_rows):
    settings, change = loaded_sqlite
    (row,) = change("select * from orders where order_id = 'orders-11'")
    present = f"select count(*) from raw.shop_orders where {LATEST} and order_id = 'orders-11'"
    values = ", ".join("null" if value is None else f"'{value}'" for value in row)
    for _ in range(2):
        change("delete from orders where order_id = 'orders-11'")
        assert found(compared(settings)) == {"deleted": (1, 1)}
        assert raw_rows(present) == [(0,)]
        assert found(compared(settings)) == {}
        change(f"insert into orders values ({values})")
        assert found(compared(settings)) == {"returned": (1, 1)}
        assert raw_rows(present) == [(1,)]
        assert found(compared(settings)) == {}
    change("delete from orders where order_id = 'orders-11'")
    compared(settings)
    change(f"insert into orders values ({values})")
    orders.pull(settings, **QUIET)  # within its lag, a pull finds it too
    assert raw_rows(present) == [(1,)]


def test_a_source_that_was_restored_from_a_backup_is_believed(loaded_sqlite, raw_rows):
    """It says again what raw knows as an earlier version."""
    settings, change = loaded_sqlite
    change("update orders set status = 'later', updated_at = '2026-01-02 04:00:00' where order_id = 'orders-7'")
    orders.pull(settings, **QUIET)
    change("update orders set status = 'status 7', updated_at = '2026-01-01 07:00:00' where order_id = 'orders-7'")
    assert found(compared(settings)) == {"moved": (1, 1)}
    assert raw_rows(f"select status from raw.shop_orders where {LATEST} and order_id = 'orders-7'") == [("status 7",)]
    assert found(compared(settings)) == {}


def test_a_deletion_makes_the_next_build_forget_what_incremental_models_made(loaded_sqlite, raw_rows):
    settings, change = loaded_sqlite
    change_raw(settings, "insert into ops.model_versions values ('some_model', 'digest')")
    change("update orders set status = 'altered' where order_id = 'orders-3'")
    compared(settings)
    assert raw_rows("select count(*) from ops.model_versions") == [(1,)]
    change("delete from orders where order_id = 'orders-3'")
    compared(settings)
    assert raw_rows("select count(*) from ops.model_versions") == [(0,)]


def test_what_changes_while_the_comparison_runs_is_not_a_difference(loaded_sqlite, raw_rows, monkeypatch):
    """Between the first look and the second: one row moves on, one is deleted and pulled meanwhile, one is mended."""
    settings, change = loaded_sqlite
    change("update orders set status = 'mended soon' where order_id = 'orders-5'")
    change("update orders set status = 'pulled soon' where order_id = 'orders-6'")
    looked_up = shop.Shop.evidence

    def meanwhile(self, table, candidates):
        assert {key for key, _ in candidates} == {"orders-5", "orders-6", "orders-7"}
        change("update orders set status = 'status 5' where order_id = 'orders-5'")
        evidence = looked_up(self, table, candidates)
        change("update orders set status = 'pulled' where order_id = 'orders-6'")
        orders.pull(settings, **QUIET)
        return evidence

    read = comparison.read_raw

    def then_one_moves_on(scratch, *arguments, **options):
        read(scratch, *arguments, **options)
        if arguments[1].table.name == "orders":
            change("update orders set updated_at = '2026-01-08 00:00:00' where order_id = 'orders-7'")
            scratch.execute("delete from theirs where key = 'orders-7'")  # as if it had moved while it was read

    monkeypatch.setattr(shop.Shop, "evidence", meanwhile)
    monkeypatch.setattr(comparison, "read_raw", then_one_moves_on)
    assert found(compared(settings)) == {}
    assert raw_rows(f"select status from raw.shop_orders where {LATEST} and order_id = 'orders-6'") == [("pulled",)]


def test_rows_of_the_last_minutes_are_left_to_the_next_reconciliation(loaded_sqlite):
    settings, change = loaded_sqlite
    young = utc_now() - run.LAG + timedelta(minutes=1)
    change(f"update orders set updated_at = '{young}' where order_id = 'orders-4'")
    orders.pull(settings, **QUIET)
    change("update orders set status = 'altered' where order_id = 'orders-4'")
    assert found(compared(settings)) == {}
    change(f"update orders set updated_at = '{young - timedelta(minutes=5)}' where order_id = 'orders-4'")
    assert found(compared(settings)) == {}  # raw has it as of a minute that is not judged yet


def test_report_only_says_what_differs_and_changes_nothing(loaded_sqlite, raw_rows):
    settings, change = loaded_sqlite
    change("update orders set status = 'altered' where order_id = 'orders-4'")
    change("delete from orders where order_id = 'orders-5'")
    before = raw_rows("select * from raw.shop_orders order by all"), raw_rows("select * from ops.loads order by all")
    with pytest.raises(ReconciliationError, match="1 altered, 1 deleted") as caught:
        reconcile(settings, ["orders"], report_only=True, **QUIET)
    assert "orders-4" not in str(caught.value)
    assert before == (
        raw_rows("select * from raw.shop_orders order by all"),
        raw_rows("select * from ops.loads order by all"),
    )
    assert raw_rows(
        "select kind, found, repaired from ops.reconciliations where source_table = 'orders' order by 1"
    ) == [
        ("altered", 1, 0),
        ("deleted", 1, 0),
    ]


def test_a_window_is_compared_alone(loaded_sqlite):
    settings, change = loaded_sqlite
    for number in (2, 10, 28):
        change(f"update orders set status = 'altered' where order_id = 'orders-{number}'")
    change("delete from orders where order_id = 'orders-9'")
    window = {"since": utc_now().replace(2026, 1, 1, 8, 0, 0, 0), "until": utc_now().replace(2026, 1, 1, 20, 0, 0, 0)}
    assert found(reconcile(settings, ["orders"], **window, **QUIET)) == {"altered": (1, 1), "deleted": (1, 1)}
    assert found(compared(settings)) == {"altered": (2, 2)}


def test_a_table_that_lost_suspiciously_much_is_left_for_a_person(loaded_sqlite, raw_rows, monkeypatch):
    settings, change = loaded_sqlite
    monkeypatch.setattr(repair, "ALWAYS_ACCEPTED", 2)
    change("delete from orders where order_id in ('orders-1', 'orders-2', 'orders-3')")
    change("update orders set status = 'altered' where order_id = 'orders-4'")
    with pytest.raises(ReconciliationError, match=r"3 of 30 records are gone.*--accept-deletions"):
        compared(settings)
    assert raw_rows(f"select count(*) from ({deletions()})") == [(0,)]
    assert raw_rows(f"select status from raw.shop_orders where {LATEST} and order_id = 'orders-4'") == [("altered",)]
    assert found(reconcile(settings, ["orders"], accept_deletions=True, **QUIET)) == {"deleted": (3, 3)}


def test_a_value_that_its_column_cannot_hold_is_accounted_for(settings, postgres_shop, raw_rows):
    settings = replace(settings, shop_url=postgres_shop[0])
    postgres_shop[1]("update orders set total_amount = 'NaN' where order_id = 'orders-4'")
    orders.pull(settings, **QUIET)
    for _ in range(2):
        assert found(compared(settings)) == {"quarantined": (1, 0)}


@pytest.mark.parametrize("type_", ["bigint", "uuid"])
def test_keys_of_other_types_are_looked_up(settings, postgres_shop, type_):
    settings, run_sql = replace(settings, shop_url=postgres_shop[0]), postgres_shop[1]
    key = "md5(order_id)::uuid" if type_ == "uuid" else f"substr(order_id, 8)::{type_}"
    run_sql(f"alter table orders alter order_id type {type_} using {key}")
    orders.pull(settings, **QUIET)
    run_sql("update orders set status = 'altered' where status in ('status 3', 'status 4')")
    run_sql("delete from orders where status = 'status 5'")
    assert found(compared(settings)) == {"altered": (2, 2), "deleted": (1, 1)}
    assert found(compared(settings)) == {}


def test_very_many_differences_are_read_again_in_one_go(loaded_sqlite, monkeypatch):
    settings, change = loaded_sqlite
    monkeypatch.setattr(shop, "READ_ALL_FROM", 10)
    change("update orders set status = 'altered' where order_id <> 'orders-3'")
    assert found(compared(settings)) == {"altered": (29, 29)}
    monkeypatch.setattr(shop, "READ_ALL_FROM", 100_000)
    monkeypatch.setattr(shop, "KEYS_PER_QUERY", 7)
    change("update orders set status = 'altered again' where order_id <> 'orders-3'")
    assert found(compared(settings)) == {"altered": (29, 29)}
    with contextlib.suppress(StopIteration):
        assert found(compared(settings)) == {}


def test_what_is_forgotten_of_old_versions_is_never_the_one_that_counts(settings, raw_rows):
    """Of a record that was restored to an earlier version the older one counts; of a deleted one the mark stays."""
    table = TABLES["shop_partners"]
    versions = [("restored", 5, 1, None), ("restored", 5, 2, 2), ("restored", 3, 3, None), ("gone", 5, 1, None)]
    versions += [("gone", 5, 2, 2), ("plain", 4, 1, None), ("plain", 5, 2, None), ("late", 5, 1, None)]
    versions += [("late", 4, 2, None)]
    with writing(settings, "test") as connection:
        for key, day, loaded_on, noticed_on in versions:
            noticed = f"timestamp '2020-02-0{noticed_on}'" if noticed_on else "null"
            connection.execute(
                "insert into raw.shop_partners (partner_id, updated_at, _loaded_at, _deleted_noticed_at, _row_hash) "
                f"values ('{key}', '2020-01-0{day}', '2020-02-0{loaded_on}', {noticed}, 1)"
            )
        connection.execute(f"delete from raw.shop_partners where rowid in ({retention.superseded(table, 1)})")
    assert raw_rows("select partner_id, day(updated_at) from raw.shop_partners order by 1") == [
        ("gone", 5), ("late", 5), ("plain", 5), ("restored", 3),
    ]  # fmt: skip
    counts = f"rowid not in ({superseded(table, 'raw.shop_partners')})"
    assert raw_rows(f"select partner_id from raw.shop_partners where {counts} order by 1") == [
        ("late",), ("plain",), ("restored",),
    ]  # fmt: skip
