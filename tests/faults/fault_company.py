"""A company of a few dozen customers with three source systems, as they stand on two days.

The second day has what makes loading hard: changed, late, corrected and repeated records, a file that comes again under
another name, and values that do not fit. It also has a new customer in all three systems, whom a chain erases.
"""

from __future__ import annotations

import contextlib
import csv
import gzip
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

TOKEN = "a-token-for-tests"
ERASED = "shop.customers:C-NEW"
NAME, EMAIL, PHONE = "Quirina Zwetschgenbaum", "quirina.z@mail.example", "+4930901820471"
LONG_AGO = 1_790_000_000  # files that changed a moment ago would be waited for

SECOND_DAY_OF_SHOP = f"""
    -- changed
    update orders set status = 'cancelled', cancelled_at = '2026-11-01 09:00:00', updated_at = '2026-11-01 09:00:00'
    where order_id in (select order_id from orders where status not in ('cancelled', 'delivered') order by 1 limit 3);
    -- new
    insert into orders (order_id, updated_at, customer_id, channel, status, ordered_at, paid_at, currency,
        items_amount, discount_amount, shipping_amount, tax_amount, total_amount, is_gift)
    select 'NEW' || customer_id, '2026-11-01 10:00:00', customer_id, 'web', 'paid', '2026-11-01 09:59:00',
        '2026-11-01 10:00:00', 'CNY', '20.00', '0.00', '0.00', '0.00', '20.00', 0
    from customers order by customer_id limit 4;
    insert into order_items (order_item_id, updated_at, order_id, product_id, quantity, unit_price, discount_amount,
        line_amount)
    select 'I' || order_id, updated_at, order_id, (select min(product_id) from products), '2', '10.00', '0.00', '20.00'
    from orders where order_id like 'NEW%';
    insert into payments (payment_id, updated_at, order_id, method, amount, status, paid_at)
    select 'P' || order_id, updated_at, order_id, 'card', '20.00', 'paid', paid_at
    from orders where order_id like 'NEW%';
    -- late: committed after the last pull, with an earlier time
    create temp table late as select * from orders where status = 'delivered' order by order_id limit 1;
    update late set order_id = 'LATE1', updated_at = '2026-10-30 08:00:00', ordered_at = '2026-10-20 08:00:00';
    insert into orders select * from late;
    -- corrected without a word
    update customers set city = 'Corrected' where updated_at = (select max(updated_at) from customers);
    -- a new customer, and an amount that is none
    insert into customers (customer_id, updated_at, account_type, full_name, email, phone, registered_at)
    values ('C-NEW', '2026-11-01 08:00:00', 'individual', '{NAME}', '{EMAIL}', '{PHONE}', '2026-11-01 08:00:00');
    update orders set customer_id = 'C-NEW', recipient_name = '{NAME}', recipient_phone = '{PHONE}'
    where order_id = (select max(order_id) from orders where order_id like 'NEW%');
    insert into payments (payment_id, updated_at, order_id, method, amount, status)
    values ('P-BAD', '2026-11-01 08:00:00', (select min(order_id) from orders), 'card', 'twelve', 'paid');
"""


def make(folder: Path) -> None:
    """The company's systems on the first and on the second day, in `folder/day1` and `folder/day2`."""
    from customer360.demo import company

    company.SIZES["tiny"] = company.Size(persons=40, organisations=3, orders=100, tickets=30)
    company.generate(folder / "day1", size="tiny", seed=3)
    for table in ("helpdesk/ticket_events.jsonl",):
        packed = folder / "day1" / f"{table}.gz"
        (folder / "day1" / table).write_bytes(gzip.decompress(packed.read_bytes()))
        packed.unlink()
    shutil.copytree(folder / "day1", folder / "day2")
    with contextlib.closing(sqlite3.connect(folder / "day2" / "shop.sqlite")) as shop:
        shop.executescript(f"begin; {SECOND_DAY_OF_SHOP}; commit")
    _second_day_of_helpdesk(folder / "day2" / "helpdesk")
    _second_day_of_members(folder / "day2" / "members")
    for file in folder.rglob("*"):
        os.utime(file, (LONG_AGO, LONG_AGO))
    changed = folder / "day2" / "members" / "activities_by_hand.csv"
    os.utime(changed, (LONG_AGO + 86_400, LONG_AGO + 86_400))


def _second_day_of_helpdesk(folder: Path) -> None:
    def add(name: str, *records: dict) -> None:
        with (folder / f"{name}.jsonl").open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(record) + "\n" for record in records)

    def last(name: str, number: int = 1) -> dict:
        return json.loads((folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()[-number])

    second = 1_793_520_000  # 2026-11-01 08:00 UTC
    moved = {"updated_at": "2026-11-01T08:00:00Z", "generated_timestamp": second}
    ticket = last("tickets")
    add("tickets", {**ticket, **moved, "status": "solved"}, last("tickets", 2))  # changed, repeated
    event = last("ticket_events")
    add("ticket_events", event, {**event, "id": event["id"] + 1000, "timestamp": second,
        "created_at": "2026-11-01T08:00:00Z", "ticket_id": ticket["id"]})  # fmt: skip
    rating = last("satisfaction_ratings")
    add("satisfaction_ratings", {**rating, "score": "good", "updated_at": "2026-11-01T08:00:00Z"})
    add("users", {**last("users"), **moved, "id": 990_001, "name": NAME, "email": EMAIL, "phone": PHONE})
    add("tickets", {**ticket, **moved, "id": 990_002, "requester_id": 990_001, "subject": f"From {NAME}",
        "description": f"Call me, {PHONE}"})  # fmt: skip


def _second_day_of_members(folder: Path) -> None:
    days = folder / "activities_2026-10-31.jsonl"
    known = json.loads(days.read_text(encoding="utf-8").splitlines()[0])
    lines = [
        known,
        {**known, "updated_at": "2026-11-01T07:00:00Z", "type": "sign_in", "reference": None},
        {**known, "activity_id": "A-NEW", "updated_at": "2026-11-01T07:00:00Z", "occurred_at": "2026-11-01T07:00:00Z"},
        {**known, "activity_id": "A-BAD", "updated_at": "2026-11-01T07:00:00Z", "occurred_at": "one day"},
    ]
    text = "".join(json.dumps(line) + "\n" for line in lines) + "{ this is no line\n"
    (folder / "activities_2026-11-01.jsonl").write_text(text, encoding="utf-8")
    shutil.copy(days, folder / "activities_2026-10-31_resent.jsonl")
    with sorted(folder.glob("members_*.csv"))[-1].open(encoding="utf-8", newline="") as file:
        *_, member = csv.DictReader(file)
    with (folder / "members_2026-11-01.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(member))
        writer.writeheader()
        new = {"member_id": "M-NEW", "full_name": NAME, "email": EMAIL, "phone": PHONE, "card_number": "M-NEW-1"}
        writer.writerow(member | new | {"updated_at": "2026-11-01T07:00:00Z"})
    late = {**known, "activity_id": "A-LATE", "updated_at": "2026-09-03T07:00:00Z"}
    (folder / "activities_2026-09_late.jsonl").write_text(json.dumps(late) + "\n", encoding="utf-8")
    by_hand = folder / "activities_by_hand.csv"
    by_hand.write_text(by_hand.read_text(encoding="utf-8").rstrip("\n") + "\n", encoding="utf-8")
    with by_hand.open("a", encoding="utf-8") as file:
        file.write(by_hand.read_text(encoding="utf-8").splitlines()[-1] + "\n")


SERVER = """
import sys, time
from pathlib import Path
from customer360.demo.server import HelpdeskServer
servers = [HelpdeskServer(Path(folder), token=sys.argv[1], repeat_records=True).__enter__() for folder in sys.argv[2:]]
print(*(server.url for server in servers), flush=True)
sys.stdin.read()  # until the parent is gone
"""


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[dict[int, dict[str, str]]]:
    """The settings of the sources on each of the two days, while their helpdesks run in a process of their own."""
    days = {day: folder / f"day{day}" for day in (1, 2)}
    command = [sys.executable, "-c", SERVER, TOKEN, *(str(place / "helpdesk") for place in days.values())]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        urls = process.stdout.readline().split()
        yield {
            day: {
                "CUSTOMER360_SHOP_URL": f"sqlite:///{place / 'shop.sqlite'}",
                "CUSTOMER360_HELPDESK_URL": url,
                "CUSTOMER360_HELPDESK_TOKEN": TOKEN,
                "CUSTOMER360_MEMBERS_URL": str(place / "members"),
            }
            for (day, place), url in zip(days.items(), urls, strict=True)
        }
    finally:
        process.stdin.close()
        process.wait(timeout=30)
        time.sleep(0)
