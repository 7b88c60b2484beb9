"""From a row deleted in the shop to the marts and back: one build of the sample after reconciliations."""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from dataclasses import replace

import duckdb

from customer360.build import build
from customer360.quality import check
from customer360.reconcile import reconcile

QUIET = {"progress": lambda line: None}
OF_AN_ORDER = ("orders", "order_items", "payments", "returns")


def test_a_deleted_order_leaves_the_marts_a_returned_one_stays_and_the_gate_agrees(copy_of_sample):
    settings = copy_of_sample()
    shop = settings.home / "shop.sqlite"
    shutil.copy(settings.shop_url.removeprefix("sqlite:///"), shop)
    settings = replace(settings, shop_url=f"sqlite:///{shop}")

    def ask(sql: str) -> list[tuple]:
        with contextlib.closing(duckdb.connect(str(settings.warehouse), read_only=True)) as connection:
            return connection.execute(sql).fetchall()

    totals = "select count(*), sum(net_sales) from marts.orders"
    (orders_before, sales_before), *_ = ask(totals)
    (gone, sales), (back, _) = ask(
        "select order_id, net_sales from marts.orders where net_sales > 0 and customer_id is not null "
        "order by hash(order_id) limit 2"
    )
    with contextlib.closing(sqlite3.connect(shop)) as connection:
        kept = {
            table: connection.execute(f"select * from {table} where order_id = ?", [back]).fetchall()
            for table in OF_AN_ORDER
        }
        for table in OF_AN_ORDER:
            connection.execute(f"delete from {table} where order_id in (?, ?)", [gone, back])
        connection.commit()
        reconcile(settings, ["orders"], run_id="first", **QUIET)
        for table, rows in kept.items():
            for row in rows:
                connection.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        connection.commit()
    reconcile(settings, ["orders"], run_id="second", **QUIET)
    told = dict(ask("select run_id || ' ' || kind, found from ops.reconciliations where source_table = 'orders'"))
    assert told == {"first deleted": 2, "second returned": 1}
    assert all(outcome.differences == () for outcome in reconcile(settings, ["orders"], run_id="third", **QUIET))

    build(settings, run_id="built", with_tests=False, **QUIET)
    assert ask(totals) == [(orders_before - 1, sales_before - sales)]
    assert ask(f"select order_id from marts.orders where order_id in ('{gone}', '{back}')") == [(back,)]
    assert ask(f"select count(*) from marts.order_items where order_id = '{gone}'") == [(0,)]
    assert ask(f"select count(*) from staging.stg_shop__orders where order_id = '{gone}'") == [(0,)]
    assert ask("select sum(net_sales) from marts.customer_360") == [(sales_before - sales,)]
    assert ask(f"select count(*) from identity.source_records where record_key like '%{gone}'") == [(0,)]
    check(settings, run_id="checked", stage="raw")  # the source counts one order less, and so does raw
