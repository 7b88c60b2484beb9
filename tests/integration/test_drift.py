"""What changes at a source: a new column is loaded and reported; one that is gone, renamed or retyped stops its table
with what mends it, and the other tables go on. For every kind of source."""

from __future__ import annotations

import json
from dataclasses import replace

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from customer360.demo.server import HelpdeskServer
from customer360.errors import SourceError
from customer360.sources import members, orders, tickets

QUIET = {"run_id": "run_test", "progress": lambda line: None}
LATEST_ORDER = "qualify row_number() over (partition by order_id order by updated_at desc, _loaded_at desc) = 1"


@pytest.fixture
def shop_settings(settings, shop):
    """A shop in SQLite and in PostgreSQL, pulled once: (settings, a function that runs SQL in it)."""
    settings = replace(settings, shop_url=shop[0])
    orders.pull(settings, **QUIET)
    return settings, shop[1]


def stopped(pull, settings) -> str:
    with pytest.raises(SourceError) as caught:
        pull(settings, **QUIET)
    return str(caught.value)


def test_a_new_column_of_the_shop_is_loaded_reported_and_said(shop_settings, raw_rows):
    settings, run = shop_settings
    run("alter table orders add column gift_card text")
    run("update orders set gift_card = 'blue', updated_at = '2026-01-04 00:00:00' where order_id = 'orders-2'")
    said = []
    orders.pull(settings, run_id=None, progress=said.append)
    assert "shop.orders: new at the source, loaded as text: gift_card" in said
    assert raw_rows(f"select gift_card from raw.shop_orders where order_id = 'orders-2' {LATEST_ORDER}") == [("blue",)]
    assert raw_rows("select new_columns from ops.loads where new_columns is not null") == [("gift_card",)]


def test_an_optional_column_of_the_shop_that_vanishes_or_is_renamed_stops_its_table_only(shop_settings, raw_rows):
    settings, run = shop_settings
    run("alter table orders rename column carrier_id to carrier")
    run("alter table customers drop column occupation")
    run('alter table products rename column list_price to "list_price (EUR)"')
    run("update payments set status = 'late', updated_at = '2026-01-05 00:00:00' where payment_id = 'payments-3'")
    customers, products, of_orders = stopped(orders.pull, settings).splitlines()
    assert customers.startswith(
        "shop.customers: column occupation, which came before, is missing; if it is gone for good, give the warehouse "
        "a view with `null as occupation`"
    )
    assert "column list_price, which came before, is missing; was it renamed to list_price (eur)?" in products
    assert "column carrier_id, which came before, is missing; was it renamed to carrier? Rename it back" in of_orders
    assert raw_rows("select count(*) from raw.shop_payments where status = 'late'") == [(1,)]
    assert raw_rows("select count(*) from raw.shop_orders where carrier_id is null") == [(0,)]
    run("alter table orders rename column carrier to carrier_id")
    assert "shop.orders" not in stopped(orders.pull, settings)


def test_a_view_in_place_of_a_table_and_another_order_and_case_of_columns_change_nothing(shop_settings, raw_rows):
    settings, run = shop_settings
    run("alter table returns rename to all_returns")
    run('create view returns as select refund_amount, status, updated_at as "UPDATED_AT", return_id as "Return_Id", '
        "order_id, order_item_id, quantity, reason, fault, condition, requested_at, received_at, refunded_at, "
        "return_shipping_amount, return_shipping_paid_by from all_returns")  # fmt: skip
    loads = {load.source_table: load for load in orders.pull(settings, **QUIET)}
    assert (loads["returns"].rows_read, loads["returns"].rows_loaded) == (30, 0)


def test_types_may_widen_and_a_type_that_cannot_hold_the_values_stops_its_table(settings, postgres_shop, raw_rows):
    settings, run = replace(settings, shop_url=postgres_shop[0]), postgres_shop[1]
    orders.pull(settings, **QUIET)
    run("alter table orders alter total_amount type numeric(30, 4), alter is_gift type integer using 1")
    run("alter table order_items alter quantity type double precision, alter unit_price type text")
    run("alter table payments alter paid_at type date, alter amount type boolean using true")
    message = stopped(orders.pull, settings)
    assert message == (
        "shop.payments: column amount has type boolean, which cannot hold a money: change it back, or give the "
        "warehouse a view with a money. See docs/source_contract.md."
    )
    for name in ("orders", "order_items"):
        assert raw_rows(f"select count(*) from raw.shop_{name}") == [(30,)]  # the same values, so no new versions


def test_two_columns_equal_but_for_case_stop_their_table(settings, postgres_shop, raw_rows):
    postgres_shop[1]('alter table orders add column "Status" text')
    message = stopped(orders.pull, replace(settings, shop_url=postgres_shop[0]))
    assert message.startswith("shop.orders: the table has the column status more than once, in capital and in small")
    assert raw_rows("select count(*) from raw.shop_returns") == [(30,)]


def test_a_column_none_of_whose_values_fits_any_more_is_a_changed_column_and_no_matter_of_rows(
    settings, sqlite_shop, raw_rows
):
    settings, run = replace(settings, shop_url=sqlite_shop[0]), sqlite_shop[1]
    run("update payments set amount = 'EUR ' || amount")
    run("update orders set ordered_at = '31/01/2026' where order_id < 'orders-2'")
    message = stopped(orders.pull, settings)
    assert message.startswith(
        "shop.payments: column amount was changed: none of its values fits any more, the first one is not an exact"
    )
    counts = "select source_table, count(*) from ops.quarantine group by all"
    assert raw_rows(counts) == [("orders", 12)]  # rows, since others fit
    assert raw_rows("select watermark from ops.loads where source_table = 'payments'") == [(None,)]
    run("update payments set amount = replace(amount, 'EUR ', '')")
    orders.pull(settings, **QUIET)
    assert raw_rows("select count(*) from raw.shop_payments") == [(30,)]


# Files

MEMBER = {"member_id": "M1", "updated_at": "2026-01-01", "full_name": "Ada", "city": "Bath", "joined_on": "2024-01-01"}


def write_file(path, rows: list[dict]) -> None:
    if path.suffix == ".csv":
        path.write_text("\n".join([",".join(rows[0]), *(",".join(row.values()) for row in rows)]) + "\n")
    elif path.suffix == ".jsonl":
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    else:
        pq.write_table(pa.Table.from_pylist(rows), path)


def without(name: str, **more: str) -> dict:
    return {key: value for key, value in MEMBER.items() if key != name} | more


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
def test_every_format_of_file_tells_new_missing_and_renamed_columns(settings, tmp_path, raw_rows, kind):
    folder = tmp_path / "members"
    folder.mkdir()
    settings = replace(settings, members_url=str(folder))
    write_file(folder / f"members_1.{kind}", [MEMBER])
    write_file(folder / f"activities_1.{kind}", [
        {"activity_id": "A1", "updated_at": "2026-01-01", "member_id": "M1", "type": "x", "occurred_at": "2026-01-01"}
    ])  # fmt: skip
    members.pull(settings, **QUIET)
    write_file(folder / f"members_2.{kind}", [MEMBER | {"member_id": "M2", "shoe_size": "40"}])
    write_file(folder / f"members_3.{kind}", [without("city", member_id="M3")])
    write_file(folder / f"members_4.{kind}", [without("joined_on", member_id="M4", joined_at="2024-01-01")])
    write_file(folder / f"activities_2.{kind}", [
        {"activity_id": "A2", "updated_at": "2026-01-01", "member_id": "M1", "type": "x", "occurred_at": "2026-01-01"}
    ])  # fmt: skip
    said = []
    with pytest.raises(SourceError) as caught:
        members.pull(settings, run_id=None, progress=said.append)
    assert "required column joined_on is missing; was it renamed to joined_at?" in str(caught.value)
    assert "membership.members: new at the source, loaded as text: shoe_size" in said
    lacks = f"membership.members: members_3.{kind} lacks columns that came before: city"
    assert (lacks in said) == (kind != "jsonl")  # JSON lines name a column only where it holds something
    assert raw_rows("select member_id from raw.membership_members order by 1") == [("M1",), ("M2",), ("M3",)]
    assert raw_rows("select count(*) from raw.membership_activities") == [(2,)]


def test_an_optional_column_that_was_renamed_in_one_file_among_many_stops_that_file(settings, tmp_path, raw_rows):
    folder = tmp_path / "members"
    folder.mkdir()
    settings = replace(settings, members_url=str(folder))
    write_file(folder / "members_1.csv", [MEMBER])
    members.pull(settings, **QUIET)
    write_file(folder / "members_2.csv", [without("city", member_id="M2", city_name="Bath")])
    write_file(folder / "members_3.csv", [MEMBER | {"member_id": "M3"}])
    assert "column city, which came before, is missing; was it renamed to city_name?" in stopped(members.pull, settings)
    assert raw_rows("select member_id from raw.membership_members order by 1") == [("M1",), ("M3",)]


def test_a_file_in_which_every_date_turned_round_is_refused_as_a_whole(settings, tmp_path, raw_rows):
    folder = tmp_path / "members"
    folder.mkdir()
    rows = [MEMBER | {"member_id": f"M{n}", "joined_on": f"0{1 + n % 9}/02/2024"} for n in range(25)]
    write_file(folder / "members_1.csv", rows)
    write_file(folder / "members_2.csv", rows[:5])  # too few to tell: these are put aside row by row
    message = stopped(members.pull, replace(settings, members_url=str(folder)))
    assert (
        "column joined_on was changed: none of its values fits any more, the first one has a day and month" in message
    )
    assert raw_rows("select count(*) from ops.quarantine") == [(5,)]


def test_a_folder_of_helpdesk_tables_tells_a_missing_column(settings, tmp_path, raw_rows):
    folder = tmp_path / "zendesk"
    folder.mkdir()
    ticket = {"id": "1", "created_at": "2026-01-01", "updated_at": "2026-01-01", "status": "open", "subject": "x"}
    write_file(folder / "ticket.csv", [{("state" if k == "status" else k): v for k, v in ticket.items()}])
    write_file(folder / "group.csv", [{"id": "1", "created_at": "2026-01-01", "updated_at": "2026-01-01", "name": "a"}])
    settings = replace(settings, helpdesk_url=str(folder))
    load = {load.source_table: load for load in tickets.pull(settings, **QUIET)}["tickets"]
    assert (load.rows_loaded, load.rows_quarantined) == (0, 1)
    assert raw_rows("select column_name, reason from ops.quarantine") == [("status", "is missing")]
    assert raw_rows("select count(*) from raw.helpdesk_groups") == [(1,)]


def test_a_field_that_the_helpdesk_does_not_send_any_more_stops_its_table_only(settings, tmp_path, raw_rows):
    folder = tmp_path / "helpdesk"
    folder.mkdir()
    common = {"id": 1, "created_at": "2026-01-01T00:00:00Z", "updated_at": "2026-01-01T00:00:00Z"}
    (folder / "tickets.jsonl").write_text(json.dumps(common | {"subject": "x"}) + "\n")
    (folder / "groups.jsonl").write_text(json.dumps(common | {"name": "a"}) + "\n")
    with HelpdeskServer(folder, token="t") as server:
        message = stopped(tickets.pull, replace(settings, helpdesk_url=server.url, helpdesk_token="t"))
    assert message.startswith("helpdesk.tickets: required column status is missing")
    assert raw_rows("select count(*) from raw.helpdesk_groups") == [(1,)]


def test_a_column_named_as_the_warehouse_names_its_own_is_a_column_or_a_clear_stop(shop_settings, raw_rows):
    settings, run = shop_settings
    run("alter table orders add column c_updated_at text")
    run("alter table returns add column _c_updated_at text")
    assert "column _c_updated_at: names that begin with _c_ are the warehouse's own" in stopped(orders.pull, settings)
    assert raw_rows("select count(c_updated_at) from raw.shop_orders") == [(0,)]
