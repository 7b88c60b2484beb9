"""The sample company is what it says it is: the same each time, sound where it should be, wrong where it says so."""

import csv
import gzip
import hashlib
import json
import os
import sqlite3
import subprocess
import sys
from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pyarrow.parquet as pq
import pytest

from customer360.demo import words
from customer360.demo.company import START, UNTIL, generate
from customer360.demo.membership import LATE_FILE
from customer360.demo.people import PLACEHOLDER_EMAIL
from customer360.errors import SettingError
from customer360.sources.contract import MEMBERSHIP, SHOP

DAYS = {START + timedelta(days=number) for number in range((UNTIL - START).days + 1)}
AMOUNTS = ("items_amount", "discount_amount", "shipping_amount", "tax_amount", "total_amount")
SALE = ("paid", "processing", "shipped", "delivered", "returned")


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    return generate(tmp_path_factory.mktemp("company"))


@pytest.fixture(scope="module")
def shop(company):
    connection = sqlite3.connect(company / "shop.sqlite")
    connection.row_factory = sqlite3.Row
    yield connection
    connection.close()


def read_truth(company, name):
    return pq.read_table(company / "truth" / f"{name}.parquet").to_pylist()


def planted(company):
    return {(row["fault"], row["source_table"]): row for row in read_truth(company, "planted")}


def json_lines(company, name):
    path = next((company / "helpdesk").glob(f"{name}.jsonl*"))
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rb") as file:
        return [json.loads(line) for line in file]


def member_files(company, table):
    """(path, rows) of every file of a table, values as the file has them."""
    for path in sorted((company / "members").glob(f"{table}_*")):
        if path.suffix == ".parquet":
            yield path, pq.read_table(path).to_pylist()
            continue
        content = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
        text = content.decode()
        if ".csv" in path.name:
            yield path, list(csv.DictReader(text.splitlines(keepends=True)))
        else:
            yield path, [json.loads(line) for line in text.splitlines()]


def hashes(folder):
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_seed_gives_the_same_bytes_in_another_process(company, tmp_path):
    code = f"from customer360.demo.company import generate; generate({str(tmp_path)!r})"
    subprocess.run([sys.executable, "-c", code], check=True, env=os.environ | {"PYTHONHASHSEED": "12345"})
    assert hashes(tmp_path) == hashes(company)


def test_another_seed_gives_another_company(company, tmp_path):
    generate(tmp_path, seed=2)
    same = {name for name, value in hashes(tmp_path).items() if hashes(company).get(name) == value}
    assert not {name for name in same if not name.startswith("helpdesk/groups")}


def test_generating_again_leaves_nothing_of_the_one_before(company, tmp_path):
    generate(tmp_path, seed=3)
    (tmp_path / "members" / "members_1999-01.csv").write_text("left over", encoding="utf-8")
    generate(tmp_path)
    assert hashes(tmp_path) == hashes(company)


def test_the_shop_has_the_contract_s_tables(shop):
    for table in SHOP:
        columns = shop.execute(f"pragma table_info({table.name})").fetchall()
        assert [column["name"] for column in columns] == [column.name for column in table.columns]
        assert [column["name"] for column in columns if column["pk"]] == [table.key]
        indexes = shop.execute(f"select name from pragma_index_list('{table.name}')").fetchall()
        assert f"{table.name}_updated_at" in [row["name"] for row in indexes]


def test_money_in_sqlite_is_text_with_two_places(shop):
    for table in SHOP:
        for column in (column.name for column in table.columns if column.type == "money"):
            wrong = f"typeof({column}) not in ('text', 'null') or {column} not like '%.__'"
            query = f"select count(*) from {table.name} where {wrong}"
            assert shop.execute(query).fetchone()[0] == 0, f"{table.name}.{column}"


def test_something_happens_on_every_day(company, shop):
    days = {date.fromisoformat(row[0][:10]) for row in shop.execute("select ordered_at from orders")}
    assert days == DAYS
    assert {date.fromisoformat(ticket["created_at"][:10]) for ticket in json_lines(company, "tickets")} == DAYS
    signed = {row["occurred_at"][:10] for _, rows in member_files(company, "activities") for row in rows}
    assert {day.isoformat() for day in DAYS} <= signed


def test_nothing_happens_after_the_last_day(company, shop):
    end = "2026-10-31 23:59:59"
    for table in SHOP:
        for column in (column.name for column in table.columns if column.type == "timestamp"):
            if column not in ("promised_delivery_at",):
                ids = [
                    row[0] for row in shop.execute(f"select {table.key} from {table.name} where {column} > ?", [end])
                ]
                assert ids in ([], ["SO77777777-P1"]), f"{table.name}.{column}"
    for name in ("tickets", "users", "ticket_events", "satisfaction_ratings"):
        moments = [row.get("updated_at") or row["created_at"] for row in json_lines(company, name)]
        assert max(moments) <= "2026-10-31T23:59:59Z"
    for table in MEMBERSHIP:
        for _, rows in member_files(company, table.name):
            assert max((str(row["updated_at"])[:10] for row in rows), default="") <= "2026-10-31"


def test_an_order_adds_up(shop):
    items, paid = defaultdict(Decimal), defaultdict(Decimal)
    for row in shop.execute("select order_id, quantity, unit_price from order_items"):
        items[row["order_id"]] += row["quantity"] * Decimal(row["unit_price"])
    for row in shop.execute(
        "select order_id, amount from payments where status = 'succeeded' and paid_at < '2900-01-01'"
    ):
        paid[row["order_id"]] += Decimal(row["amount"])
    for row in shop.execute("select * from orders"):
        amounts = {name: Decimal(row[name]) for name in AMOUNTS}
        assert items[row["order_id"]] == amounts["items_amount"]
        total = (
            amounts["items_amount"] - amounts["discount_amount"] + amounts["shipping_amount"] + amounts["tax_amount"]
        )
        assert total == amounts["total_amount"]
        assert paid[row["order_id"]] == (total if row["paid_at"] else 0)


def test_the_truth_s_totals_are_those_of_the_database(company, shop):
    totals = {row["metric"]: row["value"] for row in read_truth(company, "totals")}
    orders = {row["order_id"]: row for row in shop.execute("select * from orders")}
    sales = {key for key, row in orders.items() if row["status"] in SALE}
    gross = sum(
        row["quantity"] * Decimal(row["unit_price"])
        for row in shop.execute("select * from order_items")
        if row["order_id"] in sales
    )
    discount = sum(Decimal(orders[key]["discount_amount"]) for key in sales)
    refunds = sum(
        Decimal(row[0]) for row in shop.execute("select refund_amount from returns where refunded_at is not null")
    )
    assert (totals["orders"], totals["sale_orders"]) == (len(orders), len(sales))
    assert (totals["gross_sales"], totals["discount"], totals["refunds"]) == (gross, discount, refunds)
    assert totals["net_sales"] == gross - discount - refunds > 0


@pytest.mark.parametrize(
    ("fault", "table", "query"),
    [
        ("item without an order", "order_items", "order_id not in (select order_id from orders)"),
        ("payment without an order", "payments", "order_id not in (select order_id from orders)"),
        ("order of an unknown customer", "orders", "customer_id not in (select customer_id from customers)"),
        ("date in 2923", "payments", "paid_at > '2900-01-01'"),
        ("cancelled order", "orders", "status in ('cancelled', 'canceled')"),
        ("order never paid", "orders", "status in ('pending', 'unpaid', 'created', 'unavailable')"),
        ("gift order", "orders", "is_gift"),
        ("placeholder e-mail and phone", "customers", f"trim(lower(email)) = '{PLACEHOLDER_EMAIL}'"),
        ("placeholder e-mail and phone", "orders", f"trim(lower(recipient_email)) = '{PLACEHOLDER_EMAIL}'"),
        ("e-mail in capitals", "customers", "email <> lower(email)"),
        ("account without an e-mail", "customers", "email is null"),
        ("product without a cost", "products", "unit_cost is null"),
        ("shipped after delivery", "orders", "shipped_at > delivered_at"),
        ("delivered without a time", "orders", "status = 'delivered' and delivered_at is null"),
        ("refund half a year late", "returns", "julianday(refunded_at) > julianday(received_at) + 180"),
    ],
)
def test_what_is_planted_in_the_shop_is_there_and_nowhere_else(company, shop, fault, table, query):
    key = next(each.key for each in SHOP if each.name == table)
    found = [row[0] for row in shop.execute(f"select {key} from {table} where {query}")]
    row = planted(company)[(fault, table)]
    assert sorted(found) == sorted(row["record_ids"])
    assert row["records"] == len(found) > 0


def test_a_file_comes_twice(company):
    folder = company / "members"
    assert (folder / "surveys_2026-05.csv").read_bytes() == (folder / "surveys_2026-05_resent.csv").read_bytes()
    assert planted(company)[("same file twice", "surveys")]["records"] > 0


def test_a_file_comes_late_with_rows_that_no_other_file_has(company):
    late = company / "members" / LATE_FILE
    rows = {path.name: [row["activity_id"] for row in rows] for path, rows in member_files(company, "activities")}
    assert sorted(rows[LATE_FILE]) == sorted(planted(company)[("late file", "activities")]["record_ids"])
    assert not set(rows[LATE_FILE]) & {key for name, keys in rows.items() if name != LATE_FILE for key in keys}
    month = company / "members" / "activities_2026-03.csv.gz"
    assert late.stat().st_mtime - month.stat().st_mtime == 40 * 86400


def test_a_record_is_corrected_by_a_later_one(company):
    versions = defaultdict(list)
    for _, rows in member_files(company, "members"):
        for row in rows:
            versions[row["member_id"]].append((row["updated_at"], row["city"]))
    for member_id in planted(company)[("corrected record", "members")]["record_ids"]:
        assert len(versions[member_id]) > 1
        assert "Suzhou" in [city for _, city in versions[member_id]]


def test_files_of_every_format_are_there(company):
    names = [path.name for path in (company / "members").iterdir()]
    for suffix in (".csv", ".csv.gz", ".jsonl", ".jsonl.gz", ".parquet"):
        assert any(name.endswith(suffix) for name in names), suffix


def test_the_impossible_dates_are_in_the_files(company):
    bad = [
        row["activity_id"]
        for _, rows in member_files(company, "activities")
        for row in rows
        if row["occurred_at"] < "1900"
    ]
    assert sorted(bad) == planted(company)[("date in 1023", "activities")]["record_ids"]


def test_six_in_ten_have_a_card_and_every_level_is_reached(company):
    levels = [row for row in read_truth(company, "levels") if row["as_of_date"] == UNTIL]
    assert 0.55 < len(levels) / len(read_truth(company, "persons")) < 0.65
    assert set(Counter(row["level"] for row in levels)) == {None, "registered", "bronze", "silver", "gold", "diamond"}
    assert all(
        (row["level"] is None) == (row["cancelled_on"] is not None and row["cancelled_on"] <= UNTIL) for row in levels
    )


def test_every_record_of_somebody_is_somebody_s_once(company, shop):
    rows = read_truth(company, "identities")
    by_table = Counter((row["source_system"], row["source_table"]) for row in rows)
    nodes = {(row["source_system"], row["source_table"], row["source_record_id"]) for row in rows}
    assert len(nodes) == len(rows)
    known = "select customer_id from customers"
    assert by_table[("shop", "customers")] == shop.execute("select count(*) from customers").fetchone()[0]
    query = f"select count(*) from orders where customer_id is null or customer_id not in ({known})"
    assert by_table[("shop", "orders")] == shop.execute(query).fetchone()[0]
    users = [user for user in json_lines(company, "users") if user["role"] == "end-user"]
    assert by_table[("helpdesk", "users")] == len(users)
    persons = {row["person_id"] for row in read_truth(company, "persons")}
    assert {row["person_id"] for row in rows} <= persons
    owners = defaultdict(set)
    for row in rows:
        owners[row["exact_group"]].add(row["person_id"])
    assert all(len(people) == 1 for people in owners.values())
    assert 0.6 < sum(row["is_linkable"] for row in rows) / len(rows) < 0.98


def test_promises_are_judged_as_the_ticket_s_history_says(company):
    """Those of the field, worked out again from the events that the API serves."""
    events = json_lines(company, "ticket_events")
    agents = {user["id"] for user in json_lines(company, "users") if user["role"] == "agent"}
    agents |= {part["assignee_id"] for event in events for part in event["child_events"] if part.get("assignee_id")}
    replies, made = defaultdict(list), set()
    for event in events:
        for child in event["child_events"]:
            if child["event_type"] == "Comment" and child["public"] and child["author_id"] in agents:
                replies[event["ticket_id"]].append(event["created_at"])
            due_at = child.get("custom_ticket_fields", {}).get("360002")
            if due_at:
                made.add((str(event["ticket_id"]), event["created_at"], due_at))
    outcomes = Counter()
    for ticket_id, promised_at, due_at in made:
        kept = any(promised_at < moment <= due_at for moment in replies[int(ticket_id)])
        outcome = "kept" if kept else "missed" if due_at < "2026-11-01T00:00:00Z" else "open"
        outcomes[outcome if due_at > promised_at else None] += 1
    told = [row for row in read_truth(company, "promises") if row["source"] == "field"]
    assert sorted(made) == sorted(
        (row["ticket_id"], f"{row['promised_at']:%Y-%m-%dT%H:%M:%SZ}", f"{row['due_at']:%Y-%m-%dT%H:%M:%SZ}")
        for row in told
    )
    assert outcomes == Counter(row["outcome"] for row in told)
    assert set(outcomes) == {"kept", "missed", "open", None}


def test_what_agents_say_is_what_the_truth_says_they_said(company):
    """Promises and put-offs of every kind are said, and what is said is in a public comment."""
    public = {
        (str(event["ticket_id"]), f"{child['author_id']}", event["created_at"], child["body"])
        for event in json_lines(company, "ticket_events")
        for child in event["child_events"]
        if child["event_type"] == "Comment" and child["public"]
    }
    promised = [row for row in read_truth(company, "promises") if row["source"] == "comment"]
    said = {
        (row["ticket_id"], row["agent_id"], f"{moment:%Y-%m-%dT%H:%M:%SZ}", row["words"])
        for rows, moment_of in ((promised, "promised_at"), (read_truth(company, "vague_answers"), "answered_at"))
        for row in rows
        for moment in [row[moment_of]]
    }
    assert said <= public
    spoken = [text for text, _ in words.PROMISES if any(text.split("{")[0] in row["words"] for row in promised)]
    assert len(spoken) == len(words.PROMISES) >= 40
    vague = {text for text in words.VAGUE if any(text in row[3] for row in said)}
    assert len(vague) == len(words.VAGUE) >= 15
    assert {row["outcome"] for row in promised} == {"kept", "missed", "open"}


def test_every_ticket_has_its_requester_unless_that_is_what_is_wrong(company):
    without = {str(ticket["id"]) for ticket in json_lines(company, "tickets") if ticket["requester_id"] is None}
    assert without == set(planted(company)[("ticket without a requester", "tickets")]["record_ids"])
    assert len(json_lines(company, "tickets")) == 1_600


def test_the_helpdesk_s_own_figures_are_there_and_mostly_right(company):
    tickets = {str(ticket["id"]): ticket["metric_set"] for ticket in json_lines(company, "tickets")}
    off = {key for (fault, _), row in planted(company).items() if fault.endswith("is off") for key in row["record_ids"]}
    truth = {row["ticket_id"]: row for row in read_truth(company, "tickets")}
    odd = {"event told twice", "event before its ticket", "event after closing"}
    odd = {key for (fault, _), row in planted(company).items() if fault in odd for key in row["record_ids"]}
    assert 20 < len(off) < 100
    for key, metrics in tickets.items():
        if key in off | odd:
            continue
        row = truth[key]
        assert metrics["reopens"] == row["reopen_count"]
        assert metrics["replies"] == row["reply_count"]
        assert metrics["assignee_stations"] >= row["agent_station_count"]
        if row["solved_at"]:
            minutes = metrics["full_resolution_time_in_minutes"]
            assert minutes["calendar"] == row["resolution_seconds"] // 60
            assert minutes["business"] == row["resolution_business_seconds"] // 60
            assert metrics["requester_wait_time_in_minutes"]["calendar"] == row["customer_waiting_seconds"] // 60


def test_a_ticket_s_events_end_where_the_ticket_is(company):
    """What is told twice, or was sent before the ticket was opened, does not count."""
    tickets = {ticket["id"]: ticket for ticket in json_lines(company, "tickets")}
    state, told = defaultdict(dict), set()
    for event in json_lines(company, "ticket_events"):
        state[event["ticket_id"]]["updated_at"] = event["created_at"]
        for child in event["child_events"]:
            key = json.dumps([event["ticket_id"], event["created_at"], child | {"id": 0}], sort_keys=True)
            for name in ("status", "priority", "assignee_id", "group_id", "tags") if key not in told else ():
                if name in child:
                    assert "previous_value" not in child or child["previous_value"] == state[event["ticket_id"]].get(
                        name
                    )
                    state[event["ticket_id"]][name] = child[name]
            told.add(key)
    for ticket_id, ticket in tickets.items():
        assert state[ticket_id] == {name: ticket[name] for name in state[ticket_id]}


def test_a_return_never_takes_back_more_than_the_line_earned(company):
    ledger = read_truth(company, "growth_ledger")
    left = {row["entry_id"]: row["growth_value"] for row in ledger if row["reverses_entry_id"] is None}
    for row in ledger:
        if row["reverses_entry_id"]:
            left[row["reverses_entry_id"]] += row["growth_value"]
    assert min(left.values()) >= 0
    sign_ins = Counter((row["person_id"], row["occurred_at"].date()) for row in ledger if row["rule_id"] == "sign_in")
    assert max(sign_ins.values()) == 1


def test_the_large_company_adds_up_and_is_the_same_each_time(tmp_path):
    for name in ("one", "two"):
        generate(tmp_path / name, size="large", orders=3_000)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    totals = {row["metric"]: row["value"] for row in read_truth(tmp_path / "one", "totals")}
    shop = sqlite3.connect(tmp_path / "one" / "shop.sqlite")
    sales = "status in ('paid', 'shipped', 'delivered')"
    lines = shop.execute(f"select quantity, unit_price from order_items join orders using (order_id) where {sales}")
    gross = sum(quantity * Decimal(price) for quantity, price in lines)
    discount = sum(Decimal(row[0]) for row in shop.execute(f"select discount_amount from orders where {sales}"))
    refunds = sum(Decimal(row[0]) for row in shop.execute("select refund_amount from returns"))
    assert totals["orders"] == 3_000 == shop.execute("select count(*) from orders").fetchone()[0]
    assert (totals["gross_sales"], totals["discount"], totals["refunds"]) == (gross, discount, refunds)
    assert refunds > 0
    shop.close()


@pytest.mark.parametrize("options", [{"size": "huge"}, {"shop_url": "mysql://host/shop"}])
def test_what_cannot_be_made_is_said_in_a_sentence(tmp_path, options):
    with pytest.raises(SettingError):
        generate(tmp_path, **options)
