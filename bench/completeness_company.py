# ruff: noqa: E501 (a fault or a record reads best on one line)
"""A company that lives one day at a time, for the measurement of the raw gate: real SQLite, real files, a real helpdesk.

    company = Company(folder, seed=1, orders=250)   # fourteen weeks of history, then
    company.pull()                                  # by the product's own code
    delivery = company.next_day()                   # {table: rows} of one day: new records and changed ones
    company.deliver(delivery); company.pull()

It has weekdays and weekends, growth, a sale, holidays, a month-end, noise beyond chance, orders that are paid, shipped
and delivered on later days, and tables with a row or two a day. A planted fault changes a delivery before it is
delivered, or the source behind it.
"""

from __future__ import annotations

import csv
import json
import pickle
import random
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path

from customer360.config import Settings
from customer360.demo.server import HelpdeskServer
from customer360.demo.shop_database import SQLITE, create_statements, finish_statements
from customer360.sources import members, orders, tickets
from customer360.sources.contract import MEMBERSHIP, SHOP, TABLES

Delivery = dict[str, list[dict]]
HISTORY_DAYS = 98
CHANNELS = {"web": 0.5, "app": 0.25, "store": 0.15, "phone": 0.1}
CITIES = ("Lund", "Porto", "Gent", "Graz", "Brno", "Turku")
BRANCHES = {"north": 0.4, "south": 0.35, "east": 0.25}
ACTIVITIES = {"sign_in": 0.6, "review": 0.15, "share": 0.15, "game": 0.1}
WEEK = (1.0, 0.95, 1.0, 1.05, 1.2, 1.35, 0.8)
SUBJECTS = ("Where is my order with the blue covers", "The book came damaged in the post", "Please change my address",
            "I would like to return the second volume", "The invoice shows another amount than the shop")  # fmt: skip
HOURS = [1, 1, 1, 1, 1, 2, 4, 8, 14, 20, 24, 24, 22, 22, 22, 22, 22, 24, 26, 26, 22, 14, 8, 3]


@dataclass
class Calendar:
    """What happens to the company's volume: growth a day, days of a sale, holidays with the share that is left."""

    growth: float = 0.001
    sale: tuple[date, date] | None = None
    holidays: dict[date, float] = field(default_factory=dict)
    noise: float = 0.08

    def factor(self, day: date, day_number: int, chance: random.Random) -> float:
        factor = WEEK[day.weekday()] * (1 + self.growth) ** day_number
        factor *= self.holidays.get(day, 1.0)
        if self.sale and self.sale[0] <= day <= self.sale[1]:
            factor *= 2.5
        if (day + timedelta(days=1)).day == 1:
            factor *= 1.25
        return factor * max(0.3, chance.gauss(1, self.noise))


def poisson(mean: float, chance: random.Random) -> int:
    if mean > 60:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    total, number = chance.expovariate(1), 0
    while total < mean:
        total, number = total + chance.expovariate(1), number + 1
    return number


class Company:
    """See the module. `orders` is how many a day; everything else is in proportion to it."""

    def __init__(
        self,
        folder: Path,
        *,
        seed: int,
        orders: float,
        first: date,
        calendar: Calendar | None = None,
        history: int = HISTORY_DAYS,
    ) -> None:
        self.folder, self.chance, self.orders = folder, random.Random(seed), orders
        self.calendar = calendar or Calendar()
        self.today, self.number = first, 0
        self.counters: dict[str, int] = {}
        self.customers: list[str] = []
        self.users: list[int] = []
        self.members: list[str] = []
        self.due: dict[date, list[tuple[str, dict]]] = {}  # changes that are going to happen
        self.helpdesk: dict[str, dict[int, dict]] = {}
        for part in ("members", "helpdesk", "expectations"):
            (folder / part).mkdir(parents=True)
        self._write_holidays()
        self._open_shop()
        self.deliver(self._opening())
        for _ in range(history):
            self.deliver(self.next_day())

    @property
    def settings(self) -> Settings:
        """As of yesterday, the last day that was delivered."""
        return Settings(
            home=self.folder / "home",
            shop_url=f"sqlite:///{self.folder / 'shop.sqlite'}",
            helpdesk_token="bench",
            members_url=str(self.folder / "members"),
            expectations=self.folder / "expectations",
            as_of=self.today - timedelta(days=1),
        )

    def copied_to(self, folder: Path) -> Company:
        """The company as it stands now, to live on from here: its systems, its warehouse, its dice."""
        shutil.copytree(self.folder, folder)
        copy = pickle.loads(pickle.dumps(self))
        copy.folder = folder
        return copy

    def live(self, days: int) -> None:
        """So many ordinary days, each delivered and pulled."""
        for _ in range(days):
            self.deliver(self.next_day())
            self.pull()

    def _write_holidays(self) -> None:
        rows = [
            ("XX", "public holiday", day, day, max(0, share - 0.4)) for day, share in self.calendar.holidays.items()
        ]
        with (self.folder / "expectations" / "holidays.csv").open("w", newline="") as file:
            csv.writer(file).writerows([("country", "name", "first_day", "last_day", "least_share"), *rows])
        (self.folder / "expectations" / "holiday_countries.csv").write_text(
            "country,reason\nXX,bench\n", encoding="utf-8"
        )

    def _open_shop(self) -> None:
        with sqlite3.connect(self.folder / "shop.sqlite") as shop:
            for table in SHOP:
                for statement in [*create_statements(table, SQLITE), *finish_statements(table, sqlite=True)]:
                    shop.execute(statement)

    # ---- one day of business

    def next_day(self) -> Delivery:
        """What the systems hold of the next day: {raw table: rows}, new records and those that changed."""
        day, chance = self.today, self.chance
        self.today, self.number = day + timedelta(days=1), self.number + 1
        volume = self.orders * self.calendar.factor(day, self.number, chance)
        delivery: Delivery = {name: [] for name in TABLES}
        for name, change in self.due.pop(day, []):
            delivery[name].append(change)
        self._people(day, delivery, volume)
        for _ in range(poisson(volume, chance)):
            self._order(day, delivery)
        for _ in range(poisson(volume * 0.5, chance)):
            self._ticket(day, delivery)
        self._membership(day, delivery, volume)
        if day.day == 1:  # a price list once a month
            for row in self.products[:20]:
                delivery["shop_products"].append(row | {"updated_at": self._at(day, 3)})
        return delivery

    def _opening(self) -> Delivery:
        first = datetime.combine(self.today - timedelta(days=400), time(1))
        delivery: Delivery = {name: [] for name in TABLES}
        self.products = [
            {"product_id": f"P{n:03}", "updated_at": first, "name": f"Book {n}", "category": ("novel", "atlas", "comic")[n % 3],
             "unit_cost": f"{4 + n % 9}.50", "list_price": f"{12 + n % 20}.00", "released_at": first}
            for n in range(60)
        ]  # fmt: skip
        delivery["shop_products"] = self.products
        delivery["shop_salespeople"] = [
            {
                "salesperson_id": f"S{n}",
                "updated_at": first,
                "full_name": f"Seller {n}",
                "branch": list(BRANCHES)[n % 3],
            }
            for n in range(6)
        ]
        delivery["shop_partners"] = [
            {"partner_id": f"X{n}", "updated_at": first, "partner_type": "carrier", "name": f"Carrier {n}"}
            for n in range(3)
        ]
        delivery["helpdesk_groups"] = [
            {"id": n, "updated_at": first, "created_at": first, "name": f"Group {n}"} for n in (1, 2, 3)
        ]
        for _ in range(int(80 + 3 * self.orders)):
            self._customer(first, delivery)
            self._user(first, delivery)
            self._member(first, delivery)
        delivery["helpdesk_users"] += [
            {"id": 900 + n, "updated_at": first, "created_at": first, "role": "agent", "name": f"Agent {n}", "active": True,
             "email": f"agent{n}@example.org"} for n in range(5)
        ]  # fmt: skip
        return delivery

    def _people(self, day: date, delivery: Delivery, volume: float) -> None:
        for make, share in ((self._customer, 0.12), (self._user, 0.08), (self._member, 0.06)):
            for _ in range(poisson(volume * share, self.chance)):
                make(self._moment(day), delivery)

    def _customer(self, at: datetime, delivery: Delivery) -> None:
        number, chance = self._id("customer"), self.chance
        self.customers.append(f"C{number:06}")
        delivery["shop_customers"].append({
            "customer_id": f"C{number:06}", "updated_at": at, "account_type": self._pick({"individual": 0.9, "company": 0.1}),
            "full_name": f"Canary {chance.choice('ABCDEFGH')}. Person {number}", "registered_at": at,
            "email": f"canary{number}@example.org" if chance.random() < 0.9 else None, "country": "SE",
            "phone": f"+4670{number:07}" if chance.random() < 0.6 else None, "city": chance.choice(CITIES),
        })  # fmt: skip

    def _user(self, at: datetime, delivery: Delivery) -> None:
        number = 100_000 + self._id("user")
        self.users.append(number)
        delivery["helpdesk_users"].append({
            "id": number, "updated_at": at, "created_at": at, "role": "end-user", "name": f"Canary User {number}",
            "email": f"user{number}@example.org", "active": True, "verified": self.chance.random() < 0.8,
        })  # fmt: skip

    def _member(self, at: datetime, delivery: Delivery) -> None:
        number, chance = self._id("member"), self.chance
        self.members.append(f"M{number:06}")
        delivery["membership_members"].append({
            "member_id": f"M{number:06}", "updated_at": at, "card_number": f"{4_000_000 + number}", "joined_on": at.date(),
            "full_name": f"Canary Member {number}", "email": f"member{number}@example.org" if chance.random() < 0.8 else None,
            "phone": f"+4671{number:07}", "consent_email": chance.random() < 0.7,
        })  # fmt: skip

    def _order(self, day: date, delivery: Delivery) -> None:
        chance, at, number = self.chance, self._moment(day), self._id("order")
        order_id, channel = f"O{number:08}", self._pick(CHANNELS)
        lines = [
            {"order_item_id": f"{order_id}-{n}", "updated_at": at, "order_id": order_id,
             "product_id": chance.choice(self.products)["product_id"], "quantity": chance.choice((1, 1, 1, 2, 3)),
             "unit_price": f"{chance.randrange(700, 3900) / 100:.2f}", "discount_amount": "0.00"}
            for n in range(chance.choice((1, 1, 2, 2, 3, 4)))
        ]  # fmt: skip
        total = sum(float(line["unit_price"]) * line["quantity"] for line in lines)
        order = {
            "order_id": order_id, "updated_at": at, "ordered_at": at, "channel": channel, "status": "placed",
            "customer_id": chance.choice(self.customers) if chance.random() < 0.85 else None, "currency": "EUR",
            "salesperson_id": f"S{chance.randrange(6)}" if channel == "store" else None, "items_amount": f"{total:.2f}",
            "total_amount": f"{total + 4:.2f}", "shipping_amount": "4.00", "discount_amount": "0.00",
            "ship_city": chance.choice(CITIES), "ship_postcode": f"{chance.randrange(10000, 99999)}",
            "recipient_name": f"Canary Recipient {chance.randrange(10**6)}", "is_gift": int(chance.random() < 0.1),
            "promised_delivery_at": at + timedelta(days=5), "distributor_id": f"X{chance.randrange(3)}",
        }  # fmt: skip
        delivery["shop_order_items"] += lines
        if chance.random() < 0.9:
            paid = min(at + timedelta(minutes=chance.randrange(2, 90)), datetime.combine(day, time(23, 59)))
            order |= {"status": "paid", "paid_at": paid, "updated_at": paid}
            method = self._pick({"card": 0.7, "transfer": 0.2, "gift": 0.1})
            delivery["shop_payments"].append({
                "payment_id": f"Y{number:08}", "updated_at": paid, "order_id": order_id, "method": method,
                "amount": order["total_amount"], "status": "done", "paid_at": paid})  # fmt: skip
        delivery["shop_orders"].append(order)
        shipped = at + timedelta(hours=chance.randrange(20, 60))
        delivered = shipped + timedelta(hours=chance.randrange(24, 96))
        sent = order | {
            "status": "shipped",
            "shipped_at": shipped,
            "carrier_id": f"X{number % 3}",
            "updated_at": shipped,
        }
        self._later("shop_orders", shipped, sent)
        self._later("shop_orders", delivered,
                    sent | {"status": "delivered", "delivered_at": delivered, "updated_at": delivered})  # fmt: skip
        if chance.random() < 0.06:
            back = delivered + timedelta(days=chance.randrange(2, 12))
            self._later("shop_returns", back, {
                "return_id": f"R{number:08}", "updated_at": back, "order_id": order_id, "order_item_id": lines[0]["order_item_id"],
                "quantity": 1, "reason": chance.choice(("damaged", "wrong", "regret")), "requested_at": back,
                "refund_amount": lines[0]["unit_price"], "status": "open"})  # fmt: skip

    def _ticket(self, day: date, delivery: Delivery) -> None:
        chance, at, number = self.chance, self._moment(day), self._id("ticket")
        requester = chance.choice(self.users)
        ticket = {
            "id": number, "created_at": at, "updated_at": at, "status": "new", "subject": chance.choice(SUBJECTS),
            "description": " ".join(chance.sample(SUBJECTS, 2)), "priority": self._pick({"normal": 0.7, "high": 0.2, "low": 0.1}),
            "type": self._pick({"question": 0.6, "problem": 0.4}), "requester_id": requester, "submitter_id": requester,
            "group_id": self._pick({1: 0.5, 2: 0.3, 3: 0.2}), "via": {"channel": self._pick({"email": 0.6, "web": 0.4})},
            "tags": ["order"], "satisfaction_rating": {"score": "unoffered"},
        }  # fmt: skip
        delivery["helpdesk_tickets"].append(ticket)
        for n in range(chance.choice((1, 2, 2, 3))):
            event_at = min(at + timedelta(minutes=20 * n), datetime.combine(day, time(23, 59, 30)))
            event = self._id("event")
            delivery["helpdesk_ticket_events"].append({
                "id": event, "ticket_id": number, "created_at": event_at, "updated_at": event_at, "event_type": "Audit",
                "updater_id": requester if n == 0 else 900 + chance.randrange(5),
                "child_events": [{"id": event, "event_type": "Comment", "body": chance.choice(SUBJECTS), "public": True}]})  # fmt: skip
        solved = at + timedelta(hours=chance.randrange(5, 80))
        agent = 900 + chance.randrange(5)
        self._later(
            "helpdesk_tickets", solved, ticket | {"status": "solved", "assignee_id": agent, "updated_at": solved}
        )
        if chance.random() < 0.4:
            rated = solved + timedelta(hours=chance.randrange(1, 40))
            self._later("helpdesk_satisfaction_ratings", rated, {
                "id": self._id("rating"), "created_at": rated, "updated_at": rated, "ticket_id": number, "requester_id": requester,
                "assignee_id": agent, "group_id": ticket["group_id"], "score": self._pick({"good": 0.85, "bad": 0.15})})  # fmt: skip

    def _membership(self, day: date, delivery: Delivery, volume: float) -> None:
        chance = self.chance
        for _ in range(poisson(volume * 0.8, chance)):
            at = self._moment(day)
            delivery["membership_activities"].append({
                "activity_id": f"A{self._id('activity'):08}", "updated_at": at, "occurred_at": at, "type": self._pick(ACTIVITIES),
                "member_id": chance.choice(self.members), "quantity": 1})  # fmt: skip
        for _ in range(poisson(volume * 0.6, chance)):
            at = self._moment(day)
            delivery["membership_product_views"].append({
                "view_id": f"V{self._id('view'):08}", "updated_at": at, "viewed_at": at, "member_id": chance.choice(self.members),
                "product_id": chance.choice(self.products)["product_id"], "seconds": chance.randrange(5, 400)})  # fmt: skip
        for _ in range(poisson(2, chance)):  # two rows a day, whatever the size of the company
            at = self._moment(day)
            delivery["membership_surveys"].append({
                "response_id": f"Q{self._id('survey'):08}", "updated_at": at, "occurred_at": at, "topic": "delivery",
                "member_id": chance.choice(self.members), "expectation": chance.randrange(1, 6),
                "performance": chance.randrange(1, 6)})  # fmt: skip

    # ---- where it goes

    def deliver(self, delivery: Delivery) -> None:
        """Put a day's records where the sources keep them: rows into the shop, lines into the helpdesk, files."""
        with sqlite3.connect(self.folder / "shop.sqlite") as shop:
            for table in SHOP:
                names = [column.name for column in table.columns]
                shop.executemany(
                    f"insert or replace into {table.name} values ({', '.join('?' * len(names))})",
                    [[_written(row.get(name)) for name in names] for row in delivery[table.raw_name]],
                )
        for name in ("tickets", "users", "ticket_events", "satisfaction_ratings", "groups"):
            records = self.helpdesk.setdefault(name, {})
            for row in delivery[f"helpdesk_{name}"]:
                seconds = int((row["updated_at"] - datetime(1970, 1, 1)).total_seconds())
                stamp = "timestamp" if name == "ticket_events" else "generated_timestamp"
                records[row["id"]] = {key: _iso(value) for key, value in row.items()} | {stamp: seconds}
        day = self.today - timedelta(days=1)
        for table in MEMBERSHIP:
            rows = delivery.get(table.raw_name)
            daily = table.name in ("activities", "product_views", "members")
            if rows is not None and (rows or daily):
                path = self.folder / "members" / f"{table.name}_{day}.jsonl"
                lines = (json.dumps({key: _written(value) for key, value in row.items()}) + "\n" for row in rows)
                path.write_text("".join(lines), encoding="utf-8")

    def pull(self, progress: Callable[[str], None] = lambda line: None) -> None:
        """All three sources by the product's own code."""
        for name, records in self.helpdesk.items():
            lines = (json.dumps(record) + "\n" for record in records.values())
            (self.folder / "helpdesk" / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
        orders.pull(self.settings, run_id="orders", progress=progress)
        members.pull(self.settings, run_id="members", progress=progress)
        with HelpdeskServer(self.folder / "helpdesk", token="bench") as server:
            tickets.pull(replace(self.settings, helpdesk_url=server.url), run_id="tickets", progress=progress)

    # ---- chance

    def _later(self, table: str, at: datetime, row: dict) -> None:
        self.due.setdefault(at.date(), []).append((table, row))

    def _id(self, kind: str) -> int:
        self.counters[kind] = self.counters.get(kind, 0) + 1
        return self.counters[kind]

    def _pick(self, shares: dict):
        return self.chance.choices(list(shares), list(shares.values()))[0]

    def _moment(self, day: date) -> datetime:
        (hour,) = self.chance.choices(range(24), HOURS)
        return self._at(day, hour, self.chance.randrange(60), self.chance.randrange(60))

    @staticmethod
    def _at(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
        return datetime.combine(day, time(hour, minute, second))


def _written(value: object) -> object:
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M:%S")
    return value.isoformat() if isinstance(value, date) else value


def _iso(value: object) -> object:
    return value.strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else value
