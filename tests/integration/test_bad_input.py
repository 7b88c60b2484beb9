"""What real sources get wrong: each is a clear error or a quarantined row with its reason, and the good rows load."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from customer360.errors import SettingError, SourceError, WarehouseBusyError
from customer360.sources import members, orders
from customer360.sources.casting import literal
from customer360.warehouse import utc_now

QUIET = {"run_id": "run_test", "progress": lambda line: None}
MEMBER_HEADER = "member_id,updated_at,full_name,birth_date,joined_on,consent_email\n"
QUARANTINE = (
    "select source_file, source_row, source_record_id, column_name, reason from ops.quarantine order by 1, 2, 4"
)


@pytest.fixture
def of_shop(settings, sqlite_shop):
    return replace(settings, shop_url=sqlite_shop[0]), sqlite_shop[1]


@pytest.fixture
def deliver(settings, tmp_path):
    """A function that puts a file into the folder of member files and returns the settings that read it."""
    folder = tmp_path / "members"
    folder.mkdir()

    def put(content: str | bytes, name: str = "members_1.csv"):
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
        return replace(settings, members_url=str(folder))

    return put


def by_table(loads) -> dict:
    return {load.source_table: load for load in loads}


# The shop database


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("sqlite:////nowhere/shop.sqlite", SourceError, "there is no SQLite file at /nowhere/shop.sqlite"),
        ("postgresql://u@127.0.0.1:1/shop", SourceError, "the database at 127.0.0.1 cannot be reached"),
        ("mysql://u@h/shop", SettingError, "begins with mysql://"),
        ("a shop", SettingError, "is not a database URL"),
        (None, SettingError, "CUSTOMER360_SHOP_URL is not set"),
    ],
)
def test_a_shop_that_cannot_be_reached_is_one_clear_sentence(settings, url, error, message):
    with pytest.raises(error, match=message) as caught:
        orders.pull(replace(settings, shop_url=url), **QUIET)
    assert "\n" not in str(caught.value)


def test_a_file_that_is_no_database_is_one_clear_sentence(settings, tmp_path):
    (tmp_path / "shop.sqlite").write_text("hello " * 1000)
    with pytest.raises(SourceError, match="cannot be opened"):
        orders.pull(replace(settings, shop_url=f"sqlite:///{tmp_path}/shop.sqlite"), **QUIET)


def test_a_missing_table_is_named_and_the_others_load(of_shop, raw_rows):
    of_shop[1]("alter table payments rename to payment")
    with pytest.raises(SourceError, match=r"shop.payments: the table is missing.*renamed to payment\?"):
        orders.pull(of_shop[0], **QUIET)
    assert raw_rows("select count(*) from raw.shop_returns") == [(30,)]
    assert raw_rows("select source_table, status from ops.loads where status <> 'succeeded'") == [
        ("payments", "failed")
    ]


def test_a_missing_table_in_postgresql_is_named_too(settings, postgres_shop):
    postgres_shop[1]("alter table payments rename to zahlungen")
    with pytest.raises(SourceError, match=r"shop.payments: the table is missing.*Add it, or a view of that name"):
        orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)


def test_a_required_column_that_is_missing_or_renamed_is_named_with_its_likely_new_name(of_shop, raw_rows):
    of_shop[1]("alter table orders rename column total_amount to total_amt")
    of_shop[1]("alter table order_items drop column unit_price")
    with pytest.raises(SourceError) as caught:
        orders.pull(of_shop[0], **QUIET)
    first, second = str(caught.value).splitlines()
    assert first.startswith("shop.orders: required column total_amount is missing; was it renamed to total_amt?")
    assert second.startswith("shop.order_items: required column unit_price is missing; add it")
    assert raw_rows("select count(*) from raw.shop_payments") == [(30,)]


def test_an_optional_column_that_is_missing_is_null(of_shop, raw_rows):
    of_shop[1]("alter table orders drop column carrier_id")
    orders.pull(of_shop[0], **QUIET)
    assert raw_rows("select count(*), count(carrier_id) from raw.shop_orders") == [(30, 0)]


def test_an_added_column_is_loaded_as_text_and_reported(of_shop, raw_rows):
    settings, run = of_shop
    orders.pull(settings, **QUIET)
    run('alter table orders add column "Gift Wrap" text')
    run("update orders set \"Gift Wrap\" = 'red', updated_at = '2026-01-04 00:00:00' where order_id = 'orders-2'")
    assert by_table(orders.pull(settings, **QUIET))["orders"].new_columns == "gift wrap"
    assert by_table(orders.pull(settings, **QUIET))["orders"].new_columns is None
    assert raw_rows('select "gift wrap", count(*) from raw.shop_orders group by 1 order by 1') == [
        ("red", 1),
        (None, 30),
    ]


def test_a_column_whose_type_changed_stops_its_table_only(settings, postgres_shop, raw_rows):
    postgres_shop[1]("alter table orders alter ordered_at type boolean using true")
    with pytest.raises(
        SourceError, match=r"shop.orders: column ordered_at has type boolean, which cannot hold a timestamp"
    ):
        orders.pull(replace(settings, shop_url=postgres_shop[0]), **QUIET)
    assert raw_rows("select (select count(*) from raw.shop_orders), (select count(*) from raw.shop_order_items)") == [
        (0, 30)
    ]


def test_money_and_times_as_text_load_where_they_are_clear(of_shop, raw_rows):
    settings, run = of_shop
    for number, amount in enumerate(["'12.50'", "' 7 '", "'1,234.50'", "'12,50'", "'EUR 3'", "''", "null"]):
        run(f"update payments set amount = {amount} where payment_id = 'payments-{number}'")
    run("update orders set paid_at = '31/01/2026 10:00' where order_id = 'orders-1'")
    load = by_table(orders.pull(settings, **QUIET))["payments"]
    assert (load.rows_loaded, load.rows_quarantined) == (25, 5)
    query = "select amount::varchar from raw.shop_payments where payment_id in ('payments-0', 'payments-1') order by 1"
    assert raw_rows(query) == [
        ("12.5000",), ("7.0000",),
    ]  # fmt: skip
    assert raw_rows("select source_record_id, reason from ops.quarantine order by 1") == [
        ("orders-1", "has a day and month that could be swapped: use YYYY-MM-DD"),
        *[(f"payments-{number}", "is not an exact amount with at most four decimals") for number in (2, 3, 4)],
        *[(f"payments-{number}", "is missing") for number in (5, 6)],
    ]
    record = json.loads(raw_rows("select record from ops.quarantine where source_record_id = 'payments-2'")[0][0])
    assert (record["payment_id"], record["amount"]) == ("payments-2", "1,234.50")  # as the source had it


def test_a_date_in_1023_or_2923_costs_the_value_where_it_is_optional_and_the_row_where_it_is_required(
    of_shop, raw_rows
):
    settings, run = of_shop
    run("update orders set delivered_at = '2923-05-01 09:00:00' where order_id = 'orders-1'")
    run("update orders set ordered_at = '1023-05-01 09:00:00' where order_id = 'orders-2'")
    run("update customers set birth_date = '1023-05-01' where customer_id = 'customers-3'")
    loads = by_table(orders.pull(settings, **QUIET))
    assert (loads["orders"].rows_loaded, loads["orders"].rows_quarantined) == (29, 1)
    assert loads["customers"].rows_loaded == 30
    assert raw_rows("select delivered_at from raw.shop_orders where order_id = 'orders-1'") == [(None,)]
    assert raw_rows("select source_table, source_record_id, column_name, reason from ops.quarantine order by 1, 2") == [
        ("customers", "customers-3", "birth_date", "is outside the years 1900 to 2100"),
        ("orders", "orders-1", "delivered_at", "is outside the years 1900 to 2100"),
        ("orders", "orders-2", "ordered_at", "is outside the years 1900 to 2100"),
    ]
    orders.pull(settings, **QUIET)
    assert raw_rows("select count(*) from ops.quarantine") == [(3,)]  # once, however often it comes


def test_a_record_from_the_future_or_without_a_time_or_key_is_quarantined_and_does_not_move_the_watermark(
    of_shop, raw_rows
):
    settings, run = of_shop
    run(
        f"update orders set updated_at = '{utc_now() + timedelta(days=1):%Y-%m-%d %H:%M:%S}' "
        "where order_id = 'orders-1'"
    )
    run("update orders set updated_at = '2923-01-01 00:00:00' where order_id = 'orders-2'")
    run("update orders set updated_at = null where order_id = 'orders-3'")
    run("update orders set updated_at = 'yesterday' where order_id = 'orders-4'")
    run("update orders set order_id = '  ' where order_id = 'orders-5'")
    load = by_table(orders.pull(settings, **QUIET))["orders"]
    assert (load.rows_loaded, load.rows_quarantined, load.watermark) == (25, 5, datetime(2026, 1, 2, 5))
    assert raw_rows("select source_record_id, column_name, reason from ops.quarantine order by 1") == [
        ("  ", "order_id", "is missing"),
        ("orders-1", "updated_at", "is later than the load"),
        ("orders-2", "updated_at", "is outside the years 1900 to 2100"),
        ("orders-3", "updated_at", "is missing"),
        ("orders-4", "updated_at", "is not a timestamp"),
    ]


def test_an_order_without_a_customer_is_a_guest_order_and_an_item_without_an_order_is_quarantined(of_shop, raw_rows):
    settings, run = of_shop
    run("update orders set customer_id = null where order_id = 'orders-1'")
    run("update order_items set order_id = null where order_item_id = 'order_items-1'")
    loads = by_table(orders.pull(settings, **QUIET))
    assert loads["orders"].rows_loaded == 30
    assert (loads["order_items"].rows_loaded, loads["order_items"].rows_quarantined) == (29, 1)
    assert raw_rows("select column_name, reason from ops.quarantine") == [("order_id", "is missing")]


HOSTILE = [
    "😀 émilie 王小明",
    "x" * 10_000,
    "Robert'); drop table raw.shop_orders;--",
    '=cmd|"/c calc"!A1',
    "a\nb\tc\\d\"e'f",
    "${HOME} {{ macro }}",
]


@pytest.mark.parametrize("database", ["sqlite_shop", "postgres_shop"])
def test_emoji_long_names_sql_and_formulas_load_unharmed(settings, raw_rows, request, database):
    url, run = request.getfixturevalue(database)
    for number, name in enumerate(HOSTILE):
        run(f"update customers set full_name = {literal(name)} where customer_id = 'customers-{number}'")
    orders.pull(replace(settings, shop_url=url), **QUIET)
    few = "customer_id <= 'customers-5' and length(customer_id) = 11"
    names = raw_rows(f"select full_name from raw.shop_customers where {few} order by customer_id")
    assert [name for (name,) in names] == HOSTILE


def test_a_column_that_looks_like_card_or_bank_numbers_is_never_read(of_shop, raw_rows):
    settings, run = of_shop
    run("alter table payments add column card_number text")
    run("alter table payments add column remark text")
    run("alter table payments add column harmless text")
    run("update payments set card_number = 'x', harmless = '1234567890123456', remark = '4111 1111 1111 1111'")
    said = []
    load = by_table(orders.pull(settings, run_id=None, progress=said.append))["payments"]
    assert load.message == "not read, looks like card or bank numbers: card_number, remark"
    assert load.new_columns == "harmless"
    assert "shop.payments: not read, looks like card or bank numbers: card_number, remark" in said
    assert "4111" not in settings.warehouse.read_bytes().decode("latin-1")


# Member files


def member(number: int, name: str = "Ada", born: str = "1990-05-17", joined: str = "2024-01-01") -> str:
    return f"M{number},2026-01-01 10:00:00,{name},{born},{joined},yes\n"


def test_a_broken_quote_costs_its_own_row_only(deliver, raw_rows):
    text = (
        MEMBER_HEADER + member(1) + member(2, '"Ada ""the"" Great"') + member(3, '"broken')
        + member(4) + member(5, 'a "b" c') + member(6, '"two\nlines"') + member(7, '"x"y') + member(8)
        + "M9,too,few\n" + member(10)
    )  # fmt: skip
    load = by_table(members.pull(deliver(text), **QUIET))["members"]
    assert (load.rows_read, load.rows_loaded, load.rows_quarantined) == (10, 7, 3)
    assert raw_rows("select member_id, full_name from raw.membership_members order by 1") == [
        ("M1", "Ada"), ("M10", "Ada"), ("M2", 'Ada "the" Great'), ("M4", "Ada"), ("M5", 'a "b" c'),
        ("M6", "two\nlines"), ("M8", "Ada"),
    ]  # fmt: skip
    assert raw_rows("select source_row, reason, record from ops.quarantine order by 1") == [
        (4, "has a quote that is not closed", member(3, '"broken').rstrip()),
        (9, "has a quote in the middle of a value", member(7, '"x"y').rstrip()),
        (11, "has 3 values where the header has 6", "M9,too,few"),
    ]


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("utf-8", ["王小明", "émilie"]),
        ("utf-8-sig", ["王小明", "émilie"]),
        ("utf-16", ["王小明", "émilie"]),
        ("utf-16-le", ["Ada", "émilie"]),
        ("gb18030", ["王小明", "李娜", "张伟"]),
        ("latin-1", ["Müller", "émilie", "Søren"]),
    ],
)
def test_the_usual_encodings_are_told_apart(deliver, raw_rows, encoding, names):
    text = MEMBER_HEADER + "".join(member(number, name) for number, name in enumerate(names))
    members.pull(deliver(text.encode(encoding)), **QUIET)
    assert raw_rows("select full_name from raw.membership_members order by member_id") == [(name,) for name in names]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (MEMBER_HEADER.encode() + b"M2,2026-01-01,\x81\xe9\xc0 \xff \xc3\xa9\x8d,,,\n", "in an encoding that"),
        (b"\x00\x01\x02 binary \x00" * 99, "zero bytes"),
        ("1,2,3\n4,5,6\n", "has no header"),
        (MEMBER_HEADER.replace("full_name", "member_id") + member(1), "has the column member_id more than once"),
        ("member_id,updated_at,full_name\nM1,2026-01-01,Ada\n", "required column joined_on is missing"),
    ],
    ids=["encoding", "binary", "no header", "column twice", "required column"],
)  # fmt: skip
def test_a_file_that_makes_no_sense_is_refused_and_the_others_load(deliver, raw_rows, content, reason):
    deliver(content, "members_0.csv")
    settings = deliver(MEMBER_HEADER + member(7))
    with pytest.raises(SourceError, match=f"membership.members: members_0.csv .*{reason}"):
        members.pull(settings, **QUIET)
    assert raw_rows("select member_id from raw.membership_members") == [("M7",)]
    with pytest.raises(SourceError):  # it is said again until someone does something about it
        members.pull(settings, **QUIET)


def test_dates_in_every_clear_form_load_and_ambiguous_ones_are_not_guessed(deliver, raw_rows):
    clear = ["2026-01-31", "2026/01/31", "31.01.2026", "20260131", "2026-01-31T08:00:00Z", "2026年01月31日"]
    unclear = ["01/02/2026", "31-01-2026", "2026-02-30", "soon", "1.13.2026"]
    text = MEMBER_HEADER + "".join(member(n, born=born) for n, born in enumerate([*clear, *unclear]))
    load = by_table(members.pull(deliver(text), **QUIET))["members"]
    assert load.rows_loaded == 11  # the birth date is optional: the row loads without it
    assert raw_rows("select birth_date::varchar, count(*) from raw.membership_members group by 1 order by 1") == [
        ("2026-01-31", 6), (None, 5),
    ]  # fmt: skip
    assert [row[1:] for row in raw_rows(QUARANTINE)] == [
        (8, "M6", "birth_date", "has a day and month that could be swapped: use YYYY-MM-DD"),
        (9, "M7", "birth_date", "has a day and month that could be swapped: use YYYY-MM-DD"),
        (10, "M8", "birth_date", "is not a date"),
        (11, "M9", "birth_date", "is not a date"),
        (12, "M10", "birth_date", "is not a date"),
    ]


@pytest.mark.parametrize(
    ("content", "name", "note"),
    [
        (b"", "members_1.csv", "is empty"),
        (MEMBER_HEADER, "members_1.csv", "holds a header and no rows"),
        (MEMBER_HEADER.rstrip("\n"), "members_1.csv", "holds a header and no rows"),
        (b"", "members_1.jsonl", "is empty"),
    ],
)
def test_an_empty_file_or_a_header_only_is_noted(deliver, raw_rows, content, name, note):
    load = by_table(members.pull(deliver(content, name), **QUIET))["members"]
    assert (load.status, load.rows_read, load.message) == ("succeeded", 0, f"{name} {note}")


def test_broken_json_lines_are_quarantined_with_their_line(deliver, raw_rows):
    good = '{"member_id": "M1", "updated_at": "2026-01-01", "joined_on": "2024-01-01"}'
    members.pull(
        deliver(f'{good}\n{{"member_id": \n[1, 2]\n\n{good.replace("M1", "M2")}\n', "members_1.jsonl"), **QUIET
    )
    assert raw_rows("select member_id from raw.membership_members order by 1") == [("M1",), ("M2",)]
    assert [row[:2] for row in raw_rows(QUARANTINE)] == [("members_1.jsonl", 2), ("members_1.jsonl", 3)]


def test_a_semicolon_file_with_spaces_and_capitals_in_its_header_loads(deliver, raw_rows):
    header = MEMBER_HEADER.replace(",", " ; ").upper()
    members.pull(deliver(header + member(1, '"Doe; Jane"').replace(",", ";")), **QUIET)
    assert raw_rows("select member_id, full_name, consent_email from raw.membership_members") == [
        ("M1", "Doe; Jane", True)
    ]


def test_a_bank_number_in_a_file_is_never_read(deliver, settings):
    text = "member_id,updated_at,joined_on,kto,iban\n" + "M1,2026-01-01,2024-01-01,DE89370400440532013000,x\n"
    load = by_table(members.pull(deliver(text), **QUIET))["members"]
    assert load.message == "members_1.csv not read, looks like card or bank numbers: kto, iban"
    assert load.rows_loaded == 1
    assert "DE8937" not in settings.warehouse.read_bytes().decode("latin-1")


def test_a_folder_that_is_not_there_is_one_clear_sentence(settings, raw_rows):
    with pytest.raises(SourceError, match=r"there is no folder /nowhere/members\. Check CUSTOMER360_MEMBERS_URL"):
        members.pull(replace(settings, members_url="/nowhere/members"), **QUIET)
    assert raw_rows("select count(*) from ops.loads where status = 'failed'") == [(6,)]


# The machine

LIMITED = """
import resource, signal, sys
from pathlib import Path
from customer360.config import Settings
from customer360.errors import Customer360Error
from customer360.sources import orders
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
try:
    orders.pull(Settings(home=Path(sys.argv[1]), shop_url=sys.argv[2]), run_id="run_child", progress=lambda line: None)
except Customer360Error as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("limit", [2_000, 300_000], ids=["while fetching", "while writing"])
def test_a_full_disk_is_one_clear_sentence_and_what_was_committed_stays(of_shop, raw_rows, limit):
    settings, run = of_shop
    orders.pull(settings, **QUIET)
    before = raw_rows("select count(*) from raw.shop_customers")
    run("update customers set updated_at = '2026-01-02 10:00:00', interests = hex(randomblob(200000))")
    child = subprocess.run(
        [sys.executable, "-c", LIMITED, str(settings.home), settings.shop_url, str(limit)],
        capture_output=True,
        text=True,
    )
    assert child.returncode == 1
    assert child.stderr.strip().startswith(f"The disk that holds {settings.home} is full.")
    assert raw_rows("select count(*) from raw.shop_customers") == before
    orders.pull(settings, **QUIET)
    assert raw_rows("select count(*) from raw.shop_customers") == [(60,)]


def test_a_warehouse_that_another_program_holds_open_is_one_clear_sentence(of_shop):
    settings, _ = of_shop
    orders.pull(settings, **QUIET)
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1], read_only=True); print('open', flush=True); input()"
    bi = subprocess.Popen(
        [sys.executable, "-c", hold, str(settings.warehouse)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    try:
        assert bi.stdout.readline() == "open\n"
        with pytest.raises(WarehouseBusyError, match="held open by another program"):
            orders.pull(settings, **QUIET)
    finally:
        bi.communicate("\n")
    orders.pull(settings, **QUIET)
