"""The membership system and the folder of files it delivers.

`join_members` makes cards and what their holders did; `write_files` delivers it month by month (the last month day by
day) in the
formats such systems mix: CSV, JSON lines, gzip and Parquet, with a file that comes late, one that comes twice and one
that corrects. A file's modification time is the morning it was delivered.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.demo.people import Person, mistyped_email, written_email, written_name, written_phone
from customer360.demo.shop import Shop
from customer360.demo.truth import Planted, SourceRecord
from customer360.sources.contract import MEMBERSHIP

FORMATS = {
    "members": "csv",
    "activities": "csv.gz",
    "benefit_uses": "jsonl",
    "surveys": "csv",
    "campaign_contacts": "jsonl.gz",
    "product_views": "parquet",
}
LATE_FILE = "activities_2026-03_late.csv"
BENEFITS = ("free shipping", "birthday voucher", "early access", "double growth day", "reading room")
CAMPAIGNS = ("back to school", "exam season", "summer reading", "double eleven", "new year")


@dataclass
class Membership:
    tables: dict[str, list[dict]]
    records: list[SourceRecord]
    planted: Planted
    person_of: dict[str, str]  # member_id → person_id
    joined_on: dict[str, date]  # person_id → the first card's day
    cancelled_on: dict[str, date]  # person_id → the day the last card ended, where all have

    @property
    def activities(self) -> list[dict]:
        return self.tables["activities"]


def join_members(random: Random, people: list[Person], shop: Shop, *, start: date, until: date) -> Membership:
    """About 60 % of the persons have a card, a few of them two."""
    return _Builder(random, shop, start, until).build(people)


class _Builder:
    def __init__(self, random: Random, shop: Shop, start: date, until: date) -> None:
        self.random, self.shop, self.start, self.until = random, shop, start, until
        self.end = datetime.combine(until, time(23, 59, 59))
        self.tables: dict[str, list[dict]] = {name: [] for name in FORMATS}
        self.records: list[SourceRecord] = []
        self.planted = Planted()
        self.person_of: dict[str, str] = {}
        self.joined_on: dict[str, date] = {}
        self.cancelled_on: dict[str, date] = {}
        self.products = [row["product_id"] for row in shop.tables["products"]]
        self.orders: dict[str, list] = defaultdict(list)
        self.rows = {row["order_id"]: row for row in shop.tables["orders"]}
        for order in shop.orders:
            self.orders[order.person.person_id].append(order)

    def build(self, people: list[Person]) -> Membership:
        random = self.random
        for person in people:
            if random.random() >= (0.62 if person.kind == "individual" else 0.3):
                continue
            self.card(person)
            if random.random() < 0.03:
                self.card(person)
                self.planted.add("person with two cards", "membership", "members", "loaded", person.person_id)
        self.go_quiet()
        self.sign_in_every_day()
        for name, rows in self.tables.items():
            key = next(table.key for table in MEMBERSHIP if table.name == name)
            rows.sort(key=lambda row, key=key: (row["updated_at"], row[key]))
        bad = [row for row in self.tables["activities"] if row["type"] == "sign_in"][:2]
        for number, row in enumerate(bad, start=1):
            bad_row = row | {"activity_id": f"A9999999{number}", "occurred_at": row["occurred_at"].replace(year=1023)}
            self.bad_dates.append(bad_row)
            self.planted.add("date in 1023", "membership", "activities", "quarantined", bad_row["activity_id"])
        return Membership(self.tables, self.records, self.planted, self.person_of, self.joined_on, self.cancelled_on)

    @property
    def bad_dates(self) -> list[dict]:
        return self.tables.setdefault("_bad_dates", [])

    def moment(self, day: date) -> datetime:
        return datetime.combine(
            day, time(self.random.randrange(24), self.random.randrange(60), self.random.randrange(60))
        )

    def day_between(self, first: date, last: date) -> date:
        return first + timedelta(days=self.random.randrange(max(1, (last - first).days + 1)))

    def card(self, person: Person) -> None:
        random = self.random
        number = len(self.tables["members"]) + 1
        member_id, card_number = f"M{number:06d}", f"6{random.randrange(10**9):09d}{number % 100000:05d}"
        joined_on = min(
            person.active_from + timedelta(days=int(random.expovariate(1 / 20))), self.until - timedelta(days=1)
        )
        cancelled_on = None
        if random.random() < 0.05 and joined_on < self.until - timedelta(days=120):
            cancelled_on = self.day_between(joined_on + timedelta(days=60), self.until)
        email, phone = random.choice(person.emails), person.phones[0]
        email = None if random.random() < 0.12 else mistyped_email(random, email) if random.random() < 0.015 else email
        phone = None if random.random() < 0.1 else phone
        if email is None and phone is None:
            self.planted.add("member without e-mail and phone", "membership", "members", "loaded", member_id)
        updated_at = self.moment(joined_on if cancelled_on is None else cancelled_on)
        known = {
            name: getattr(person, name) if random.random() < 0.75 else None
            for name in ("birth_date", "gender", "occupation", "marital_status", "interests")
        }
        earlier = self.tables["members"]
        referrer = random.choice(earlier) if earlier and random.random() < 0.08 else None
        if referrer and (referrer["joined_on"] > joined_on or (referrer["cancelled_on"] or self.until) <= joined_on):
            referrer = None
        self.tables["members"].append(
            {
                "member_id": member_id,
                "card_number": card_number,
                "full_name": written_name(random, person),
                "email": written_email(random, email) if email else None,
                "phone": written_phone(random, phone) if phone else None,
                **known,
                **{column: value if random.random() < 0.85 else None for column, value in person.address.items()},
                "joined_on": joined_on,
                "cancelled_on": cancelled_on,
                "referred_by": referrer["member_id"] if referrer else None,
                "consent_email": random.random() < 0.7,
                "consent_sms": random.random() < 0.5,
                "consent_profiling": random.random() < 0.6,
                "updated_at": updated_at,
            }
        )
        self.person_of[member_id] = person.person_id
        first = self.joined_on.get(person.person_id)
        self.joined_on[person.person_id] = min(first, joined_on) if first else joined_on
        if first is None and cancelled_on:
            self.cancelled_on[person.person_id] = cancelled_on
        elif cancelled_on is None:
            self.cancelled_on.pop(person.person_id, None)
        elif person.person_id in self.cancelled_on:
            self.cancelled_on[person.person_id] = max(self.cancelled_on[person.person_id], cancelled_on)
        last = (cancelled_on or self.until + timedelta(days=1)) - timedelta(days=1)
        if referrer:
            self.activity(referrer["member_id"], "referral", self.moment(joined_on), reference=member_id)
        shown = self.live(person, member_id, joined_on, last)
        self.records.append(
            SourceRecord(
                "membership",
                "members",
                member_id,
                person.person_id,
                emails={email},
                phones={phone},
                cards={card_number, member_id},
                purchases=shown,
            )
        )

    def live(self, person: Person, member_id: str, joined_on: date, last: date) -> list[tuple[str, str]]:
        """What a card's holder does until `last`; returns the buyer's records that the card was shown for."""
        random = self.random
        shown = []
        for order in self.orders[person.person_id]:
            day = order.ordered_at.date()
            if not (joined_on <= day <= last and order.is_sale and order.paid_at):
                continue
            if random.random() < 0.45:
                self.activity(member_id, "purchase", order.paid_at, reference=order.order_id)
                row = self.rows[order.order_id]
                shown.append(("orders", order.order_id) if order.is_guest else ("customers", row["customer_id"]))
            if random.random() < 0.12:
                self.activity(member_id, "review", self.moment(min(last, day + timedelta(days=random.randint(2, 20)))))
        days = (last - joined_on).days + 1
        for _ in range(int(random.expovariate(1 / 12) * days / 365)):
            moment = self.moment(self.day_between(joined_on, last))
            self.activity(member_id, "sign_in", moment)
            if random.random() < 0.08 and (moment + timedelta(minutes=7)).date() == moment.date():
                again = self.activity(member_id, "sign_in", min(self.end, moment + timedelta(minutes=7)))
                self.planted.add("second sign-in on a day", "membership", "activities", "loaded", again)
        if person.birth_date:
            for year in range(joined_on.year, last.year + 1):
                birthday = date(year, person.birth_date.month, min(person.birth_date.day, 28))
                if joined_on <= birthday <= last:
                    self.activity(member_id, "birthday", datetime.combine(birthday, time(1)))
        if random.random() < 0.05:
            quantity = random.choice(["20", "50", "100"])
            self.activity(member_id, "manual_grant", self.moment(self.day_between(joined_on, last)), quantity=quantity)
        if random.random() < 0.1:
            quantity = random.choice(["100", "200"])
            self.activity(member_id, "redeem", self.moment(self.day_between(joined_on, last)), quantity=quantity)
        self.small_things(person, member_id, joined_on, last)
        return shown

    def small_things(self, person: Person, member_id: str, joined_on: date, last: date) -> None:
        random = self.random
        for _ in range(random.choices([0, 1, 2], [70, 22, 8])[0]):
            used_at = self.moment(self.day_between(joined_on, last))
            self.add(
                "benefit_uses",
                "benefit_use_id",
                "U",
                used_at,
                member_id,
                benefit=random.choice(BENEFITS),
                used_at=used_at,
            )
        for _ in range(random.choices([0, 1, 2], [70, 24, 6])[0]):
            moment = self.moment(self.day_between(joined_on, last))
            expectation, performance = random.randint(2, 5), random.randint(1, 5)
            comment = random.choice(
                [
                    None,
                    "Very helpful, thank you",
                    "物流太慢，包装破损",
                    'They said "tomorrow", twice',
                    "很满意\n下次还来",
                ]
            )
            self.add(
                "surveys",
                "response_id",
                "V",
                moment,
                member_id,
                occurred_at=moment,
                topic=random.choice(["delivery", "service", "range", "price"]),
                expectation=expectation,
                performance=performance,
                comment=comment,
            )
            self.activity(member_id, "survey", moment)
        for _ in range(random.choices([0, 1, 2, 3], [30, 35, 25, 10])[0]):
            sent_at = self.moment(self.day_between(joined_on, last))
            opened_at = sent_at + timedelta(minutes=random.randint(5, 2000)) if random.random() < 0.4 else None
            opened_at = opened_at if opened_at and opened_at < self.end else None
            clicked_at = (
                min(self.end, opened_at + timedelta(minutes=2)) if opened_at and random.random() < 0.3 else None
            )
            self.add(
                "campaign_contacts",
                "contact_id",
                "K",
                clicked_at or opened_at or sent_at,
                member_id,
                campaign=random.choice(CAMPAIGNS),
                channel=random.choice(["email", "sms"]),
                sent_at=sent_at,
                opened_at=opened_at,
                clicked_at=clicked_at,
            )
        for _ in range(int(random.expovariate(1 / 5))):
            viewed_at = self.moment(self.day_between(joined_on, last))
            product_id, seconds = random.choice(self.products), random.randint(2, 600)
            self.add(
                "product_views",
                "view_id",
                "W",
                viewed_at,
                member_id,
                product_id=product_id,
                viewed_at=viewed_at,
                seconds=seconds,
            )

    def go_quiet(self) -> None:
        """Some early members are given growth when they join and are hardly heard of again: their levels end one by
        one. A third are given some again sixteen months later."""
        early = [
            row
            for row in self.tables["members"]
            if row["joined_on"] < self.start + timedelta(days=240) and not row["cancelled_on"]
        ][::7]
        quiet_from = {row["member_id"]: row["joined_on"] + timedelta(days=45) for row in early}
        unheard = {
            row["activity_id"]
            for row in self.tables["activities"]
            if row["type"] in ("sign_in", "birthday", "review", "manual_grant")
            and row["occurred_at"].date() >= quiet_from.get(row["member_id"], date.max)
        }
        self.tables["activities"] = [row for row in self.tables["activities"] if row["activity_id"] not in unheard]
        for record_ids in self.planted.faults.values():
            record_ids[:] = [record_id for record_id in record_ids if record_id not in unheard]
        for number, row in enumerate(early):
            member_id, joined_on = row["member_id"], row["joined_on"]
            given, again = joined_on + timedelta(days=2), joined_on + timedelta(days=480)
            self.activity(
                member_id, "manual_grant", self.moment(given), quantity=("250", "900", "2100", "5200")[number % 4]
            )
            if number % 3 == 0 and again <= self.until:
                self.activity(member_id, "manual_grant", self.moment(again), quantity=("300", "1000")[number % 2])
            self.planted.add("member gone quiet", "membership", "members", "loaded", member_id)

    def sign_in_every_day(self) -> None:
        """Somebody signs in on every day, so a day without activities is always a hole in the delivery."""
        members = self.tables["members"]
        days = {row["occurred_at"].date() for row in self.tables["activities"]}
        for number in range((self.until - self.start).days + 1):
            day = self.start + timedelta(days=number)
            here = (
                [m for m in members if m["joined_on"] <= day < (m["cancelled_on"] or date.max)]
                if day not in days
                else []
            )
            if here:
                self.activity(self.random.choice(here)["member_id"], "sign_in", self.moment(day))

    def activity(
        self, member_id: str, kind: str, moment: datetime, *, quantity: str | None = None, reference: str | None = None
    ) -> str:
        return self.add(
            "activities",
            "activity_id",
            "A",
            moment,
            member_id,
            type=kind,
            occurred_at=moment,
            quantity=quantity,
            reference=reference,
        )

    def add(self, table: str, key: str, letter: str, moment: datetime, member_id: str, **values: object) -> str:
        rows = self.tables[table]
        key_value = f"{letter}{int(rows[-1][key][1:]) + 1 if rows else 1:07d}"
        updated_at = min(self.end, moment + timedelta(minutes=self.random.randint(0, 20)))
        rows.append({key: key_value, "member_id": member_id, **values, "updated_at": updated_at})
        return key_value


def write_files(folder: Path, membership: Membership, *, until: date) -> None:
    """Deliver the tables into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    planted = membership.planted
    last_month = f"{until:%Y-%m}"
    for table in MEMBERSHIP:
        parts: dict[str, list[dict]] = defaultdict(list)
        for row in _versions(table.name, membership.tables[table.name]):
            month = f"{row['updated_at']:%Y-%m}"
            parts[
                f"{row['updated_at']:%Y-%m-%d}" if month == last_month and table.name == "activities" else month
            ].append(row)
        columns = [column.name for column in table.columns]
        for period, rows in sorted(parts.items()):
            delivered_at = _delivered_at(rows)
            suffix = (
                "jsonl" if table.name == "activities" and period.startswith(f"{last_month}-") else FORMATS[table.name]
            )
            if table.name == "activities" and period == "2026-03":
                # Ten rows missed the monthly file and come forty days later, in one of their own.
                late, rows = rows[::97][:10], [row for index, row in enumerate(rows) if index % 97 or index // 97 >= 10]
                _write(folder / LATE_FILE, table, columns, late, delivered_at + timedelta(days=40))
                for row in late:
                    planted.add("late file", "membership", "activities", "loaded", row["activity_id"])
            _write(folder / f"{table.name}_{period}.{suffix}", table, columns, rows, delivered_at)
            if table.name == "surveys" and period == "2026-05":
                _write(
                    folder / f"surveys_{period}_resent.{suffix}", table, columns, rows, delivered_at + timedelta(days=3)
                )
                for row in rows:
                    planted.add("same file twice", "membership", "surveys", "loaded once", row["response_id"])
            if table.name == "members" and period == "2026-06":
                corrected = [
                    row | {"city": "Suzhou", "updated_at": row["updated_at"] + timedelta(days=5)} for row in rows[:5]
                ]
                _write(
                    folder / f"members_{period}_corrected.csv",
                    table,
                    columns,
                    corrected,
                    delivered_at + timedelta(days=6),
                )
                for row in corrected:
                    planted.add("corrected record", "membership", "members", "loaded", row["member_id"])
    for name, hidden in (("activities", "_bad_dates"), ("surveys", "_odd_answers")):
        table = next(table for table in MEMBERSHIP if table.name == name)
        _write(
            folder / f"{name}_by_hand.csv",
            table,
            [column.name for column in table.columns],
            membership.tables.get(hidden, []),
            datetime.combine(until, time(2)),
        )


def _versions(table: str, rows: list[dict]) -> list[dict]:
    """A member who left was delivered twice: when joining, and with the day of leaving when that came."""
    if table != "members":
        return rows
    before = [
        row | {"cancelled_on": None, "updated_at": datetime.combine(row["joined_on"], time(12))}
        for row in rows
        if row["cancelled_on"]
    ]
    return sorted(rows + before, key=lambda row: (row["updated_at"], row["member_id"]))


def _delivered_at(rows: list[dict]) -> datetime:
    """Two in the morning of the day after the last row."""
    return datetime.combine(max(row["updated_at"] for row in rows).date() + timedelta(days=1), time(2))


def _write(path: Path, table, columns: list[str], rows: Iterable[dict], delivered_at: datetime) -> None:
    rows = list(rows)
    if path.suffix == ".parquet":
        types = {"timestamp": pa.timestamp("us"), "date": pa.date32(), "integer": pa.int64(), "boolean": pa.bool_()}
        schema = pa.schema([(column.name, types.get(column.type, pa.string())) for column in table.columns])
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    else:
        content = (_csv(columns, rows) if ".csv" in path.name else _jsonl(columns, rows)).encode()
        # mtime=0: the same rows give the same bytes.
        path.write_bytes(gzip.compress(content, 6, mtime=0) if path.suffix == ".gz" else content)
    stamp = delivered_at.replace(tzinfo=UTC).timestamp()
    os.utime(path, (stamp, stamp))


def _csv(columns: list[str], rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([_text(row.get(column)) for column in columns] for row in rows)
    return text.getvalue()


def _text(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S") if value.year >= 1000 else str(value)
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _jsonl(columns: list[str], rows: list[dict]) -> str:
    lines = []
    for row in rows:
        record = {column: row.get(column) for column in columns}
        for name, value in record.items():
            if isinstance(value, datetime):
                record[name] = value.strftime("%Y-%m-%dT%H:%M:%SZ")
            elif isinstance(value, date):
                record[name] = value.isoformat()
        lines.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")
    return "".join(lines)
