"""Plant canaries in all three sources of a sample company, without changing anything that its truth tells.

Whose name, contacts and address are replaced had one record alone, which nothing joined to another. Free text gets a
canary in front of or behind what stood there.
"""

from __future__ import annotations

import csv
import gzip
import json
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
from canaries import AGENT, BANK_CARD, CHINESE, GUEST, LATIN, SALESPERSON, WRITER, Person

LETTER = (
    f"Kanarie: I am {LATIN.full_name}, {LATIN.phone}, {LATIN.email}, {LATIN.address_line}, born {LATIN.birth_date}, "
    f"card {LATIN.card_number}; I paid with {BANK_CARD}. "
    f"金丝雀：{CHINESE.full_name}，{CHINESE.phone}，{CHINESE.address_line}。"
)
GREETING = f"Dear {LATIN.full_name} ({LATIN.phone}), "
FILE, COLUMN = f"surveys_2026-09 {LATIN.email}.csv", f"Remark of {CHINESE.full_name} {CHINESE.phone}"


def plant(company: Path) -> None:
    lonely = _lonely_records(company)
    _in_shop(company / "shop.sqlite", lonely)
    _in_helpdesk(company / "helpdesk", lonely)
    _in_members(company / "members", lonely)


def _lonely_records(company: Path) -> dict[str, list[str]]:
    """{table: keys of records whose person has no other record}, the ones with a planted fault apart."""
    truth = company / "truth"
    rows = duckdb.execute(
        f"""
        with counted as (
            select *, count(*) over (partition by person_id) + count(*) over (partition by exact_group) as records
            from '{truth}/identities.parquet'
        )
        select source_table, list(source_record_id order by source_record_id) from counted
        where records = 2 and source_record_id not in (select unnest(record_ids) from '{truth}/planted.parquet')
            and person_id not in (select unnest(record_ids) from '{truth}/planted.parquet')
        group by all
        """
    ).fetchall()
    return dict(rows)


def _in_shop(file: Path, lonely: dict[str, list[str]]) -> None:
    with sqlite3.connect(file) as shop:
        for person, key in zip((LATIN,), lonely["customers"], strict=False):
            shop.execute(
                "update customers set full_name = ?, email = ?, phone = ?, address_line = ?, birth_date = ?, "
                "interests = ? where customer_id = ?",
                (person.full_name, person.email, person.phone, person.address_line, person.birth_date, "kanarie", key),
            )
        shop.execute(
            "update orders set recipient_name = ?, recipient_phone = ?, recipient_email = ? where order_id = ?",
            (GUEST.full_name, GUEST.phone, GUEST.email, lonely["orders"][0]),
        )
        shop.execute("update salespeople set full_name = ? where salesperson_id = 'S003'", (SALESPERSON,))
    shop.close()


def _in_helpdesk(folder: Path, lonely: dict[str, list[str]]) -> None:
    def of_ticket(ticket: dict) -> None:
        ticket["subject"] = f"{ticket['subject']} {LATIN.full_name} {LATIN.phone}"
        ticket["description"] = f"{LETTER} {ticket['description']}"
        ticket["tags"] = [*ticket["tags"], "kanarie", LATIN.email]
        ticket["via"]["source"] = {"from": {"address": LATIN.email, "name": LATIN.full_name}, "to": {}, "rel": None}
        fields = [field | {"value": field["value"] or _typed(field["id"])} for field in ticket["custom_fields"]]
        ticket["custom_fields"] = [*fields, {"id": 360999, "value": LETTER}]

    def of_event(event: dict) -> None:
        event["system"] |= {"client": f"Kanarie of {LATIN.full_name}", "location": LATIN.address_line}
        for part in event["child_events"]:
            if "body" in part:
                is_customer = (part["author_id"] or 0) >= 900_000
                part["body"] = f"{part['body']}\n{LETTER}" if is_customer else GREETING + part["body"]
                part["html_body"] = f"<p>{part['body']}</p>"
            if "subject" in part:
                part["subject"] = f"{part['subject']} {LATIN.full_name} {LATIN.phone}"
            if "tags" in part:
                part["tags"] = [*part["tags"], LATIN.email]
            if "custom_ticket_fields" in part:
                part["custom_ticket_fields"] |= {"360999": LETTER}

    def of_user(user: dict) -> None:
        if user["id"] == 800_003:
            user |= {"name": AGENT, "email": f"{AGENT.split()[1].lower()}@kanarie.example"}
        if str(user["id"]) == lonely["users"][0]:
            user |= {"name": WRITER.full_name, "email": WRITER.email, "phone": WRITER.phone, "tags": ["kanarie"]}
            user |= {"user_fields": {"remark": LETTER}}

    def of_rating(rating: dict) -> None:
        if rating["comment"]:
            rating["comment"] += f" {LETTER}"

    def of_group(group: dict) -> None:
        group["description"] = f"Ask {AGENT}."

    _rewrite(folder / "tickets.jsonl", of_ticket, among=lambda ticket: ticket["id"] % 10 == 0)
    _rewrite(folder / "ticket_events.jsonl.gz", of_event, among=lambda event: event["ticket_id"] % 10 == 0)
    _rewrite(folder / "users.jsonl", of_user)
    _rewrite(folder / "satisfaction_ratings.jsonl", of_rating, among=lambda rating: rating["id"] % 10 == 0)
    _rewrite(folder / "groups.jsonl", of_group)


def _typed(field: int) -> str | None:
    """What somebody types into an empty field that is meant for a time; the truth counts unknown order numbers."""
    return f"{LATIN.full_name} {LATIN.phone}" if field == 360_002 else None


def _rewrite(file: Path, change: Callable[[dict], None], among: Callable[[dict], bool] = lambda _: True) -> None:
    opened = gzip.open if file.suffix == ".gz" else open
    with opened(file, "rt", encoding="utf-8") as source:
        records = [json.loads(line) for line in source]
    for record in filter(among, records):
        change(record)
    with opened(file, "wt", encoding="utf-8") as target:
        target.writelines(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n" for record in records)


def _in_members(folder: Path, lonely: dict[str, list[str]]) -> None:
    for file in sorted(folder.glob("members_*.csv")):
        _rewrite_csv(
            file, lambda row: row.update(_member(CHINESE)) if row["member_id"] == lonely["members"][0] else None
        )
    for file in sorted(folder.glob("surveys_*.csv")):
        _rewrite_csv(file, lambda row: row.update(comment=f"{row['comment']} {LETTER}") if row["comment"] else None)
    file = folder / "surveys_2026-09.csv"
    _rewrite_csv(file, lambda row: row.update({COLUMN: LETTER}))
    file.rename(folder / FILE)


def _member(person: Person) -> dict[str, str]:
    return {
        "full_name": person.full_name,
        "email": person.email,
        "phone": person.phone,
        "birth_date": person.birth_date,
        "address_line": person.address_line,
        "card_number": person.card_number,
    }


def _rewrite_csv(file: Path, change: Callable[[dict], None]) -> None:
    with open(file, encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    for row in rows:
        change(row)
    with open(file, "w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
