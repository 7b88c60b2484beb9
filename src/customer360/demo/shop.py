"""The bookshop's own database: products, partners, salespeople, customer accounts, orders and what became of them.

`open_shop` returns its tables as lists of rows, the records that belong to somebody (for the truth), and what was
planted.
Inside, money is whole cents; a row holds it as text such as "12.30", so that nothing on the way can turn it into a
float.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from itertools import accumulate
from random import Random

from customer360.demo.people import (
    PLACEHOLDER_EMAIL,
    PLACEHOLDER_PHONE,
    Person,
    mistyped_email,
    written_email,
    written_name,
    written_phone,
)
from customer360.demo.truth import Planted, SourceRecord

# category: kinds of title, cheapest and dearest in whole currency units
CATEGORIES = {
    "textbooks": ("Mathematics Textbook Physics Textbook Chemistry Textbook 语文教材 英语教材", 28, 68),
    "exam papers": ("Past Papers Mock Exams 真题集 模拟试卷", 18, 49),
    "exercise books": ("Workbook Problem Set 练习册 口算题卡", 9, 35),
    "fiction": ("Novel Stories 小说 散文集", 22, 59),
    "children": ("Picture Book First Reader 绘本 童话", 15, 79),
    "dictionaries": ("Dictionary Thesaurus 词典", 49, 168),
    "stationery": ("Pen Set Notebook 文具盒 笔记本", 4, 45),
    "courses": ("Online Course 网课", 99, 399),
}
BRANCHES = ("Shanghai Xuhui", "Beijing Haidian", "Hangzhou West Lake", "London Bloomsbury")
DEPARTMENTS = ("branch sales", "phone sales", "school accounts")
SALESPEOPLE = "陈志 林悦 Anna-Reed 周宁 Paul-Hart 孙琪 何亮 Mary-Lowe 高翔 许诺 Ian-Frost 唐宁"
PARTNERS = {
    "supplier": (
        "人民教育书社",
        "Northern Light Press",
        "Greenleaf Publishing",
        "青禾出版",
        "Paper & Pen Co",
        "Lantern Books",
    ),
    "distributor": ("East China Book Distribution", "Campus Supply", "Highland Distribution"),
    "wholesaler": ("Grand Wholesale", "图书批发中心"),
    "carrier": ("Swift Parcel", "顺路快递", "Royal Post", "Green Van"),
}
SALE = {"paid", "processing", "shipped", "delivered", "returned"}
RETURN_REASONS = (
    ("changed my mind", "customer"),
    ("ordered twice", "customer"),
    ("damaged", "seller"),
    ("wrong item", "seller"),
)


@dataclass
class Line:
    order_item_id: str
    product_id: str
    quantity: int
    price: int  # cents
    own_discount: int  # cents, on this line
    discount: int = 0  # cents, its own and its share of the order's
    returned: int = 0  # pieces

    @property
    def gross(self) -> int:
        return self.quantity * self.price

    @property
    def net(self) -> int:
        """Cents, before refunds."""
        return self.gross - self.discount


@dataclass
class Order:
    order_id: str
    person: Person
    is_guest: bool
    channel: str
    status: str
    ordered_at: datetime
    paid_at: datetime | None
    delivered_at: datetime | None
    lines: list[Line] = field(default_factory=list)

    @property
    def is_sale(self) -> bool:
        return self.status in SALE


@dataclass(frozen=True)
class Refund:
    """A refunded return, for the growth ledger and the totals."""

    return_id: str
    order_item_id: str
    quantity: int
    refunded_at: datetime
    amount: int  # cents


@dataclass
class Shop:
    tables: dict[str, list[dict]]
    orders: list[Order]
    refunds: list[Refund]
    records: list[SourceRecord]
    planted: Planted

    @cached_property
    def order_rows(self) -> dict[str, dict]:
        return {row["order_id"]: row for row in self.tables["orders"]}


def money(cents: int) -> str:
    """1230 as '12.30'."""
    return f"{'-' if cents < 0 else ''}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def open_shop(
    random: Random,
    people: list[Person],
    *,
    orders: int,
    start: date,
    until: date,
    say: Callable[[str], None] = lambda _: None,
) -> Shop:
    """Two years of the shop: at least two orders on every day from `start` to `until`."""
    builder = _Builder(random, people, start, until)
    builder.make_catalogue()
    builder.make_accounts()
    builder.make_orders(orders, say)
    builder.plant_orphans()
    return Shop(builder.tables, builder.orders, builder.refunds, builder.records, builder.planted)


class _Builder:
    def __init__(self, random: Random, people: list[Person], start: date, until: date) -> None:
        self.random, self.people, self.start, self.until = random, people, start, until
        self.end = datetime.combine(until, time(23, 59, 59))
        self.tables: dict[str, list[dict]] = defaultdict(list)
        self.orders: list[Order] = []
        self.refunds: list[Refund] = []
        self.records: list[SourceRecord] = []
        self.planted = Planted()
        self.accounts: dict[str, list[tuple[datetime, str, str, str]]] = defaultdict(list)

    def moment(self, day: date) -> datetime:
        """Some second of a day; the shop is busiest from noon to the evening in China."""
        hour = min(23, max(0, int(self.random.gauss(8, 4.5))))
        return datetime.combine(day, time(hour, self.random.randrange(60), self.random.randrange(60)))

    def capped(self, moment: datetime) -> datetime:
        return min(moment, self.end)

    def make_catalogue(self) -> None:
        random, opened = self.random, datetime.combine(self.start - timedelta(days=1), time(1))
        for partner_type, names in PARTNERS.items():
            for name in names:
                partner_id = f"{partner_type[:3].upper()}{len(self.tables['partners']) + 1:03d}"
                region = random.choice(["East", "North", "South", "Overseas"])
                row = {"partner_id": partner_id, "partner_type": partner_type, "name": name, "region": region}
                self.tables["partners"].append(row | {"updated_at": opened})
        self.partners = {
            kind: [row["partner_id"] for row in self.tables["partners"] if row["partner_type"] == kind]
            for kind in PARTNERS
        }
        for number, name in enumerate(SALESPEOPLE.split(), start=1):
            department = DEPARTMENTS[number % 3]
            branch = BRANCHES[number % 4] if department == "branch sales" else None
            row = {"salesperson_id": f"S{number:03d}", "full_name": name.replace("-", " "), "department": department}
            self.tables["salespeople"].append(row | {"branch": branch, "updated_at": opened})
        sellers = self.tables["salespeople"]
        for person in self.people:
            first = random.choice(sellers)
            person.salespeople = [first["salesperson_id"]]
            if random.random() < 0.06:  # two departments each take the customer for their own
                others = [row for row in sellers if row["department"] != first["department"]]
                person.salespeople.append(random.choice(others)["salesperson_id"])
                self.planted.add("customer served by two salespeople", "shop", "orders", "loaded", person.person_id)
        self.prices: list[tuple[str, int]] = []
        for number in range(1, 301):
            category = random.choice(list(CATEGORIES))
            titles, low, high = CATEGORIES[category]
            price = random.randrange(low * 100, high * 100, 10)
            released_at = self.moment(self.start + timedelta(days=random.randrange(-700, 600)))
            replaces = f"B{number - 1:05d}" if number > 1 and random.random() < 0.08 else None
            cost = money(int(price * random.uniform(0.5, 0.72)))
            if random.random() < 0.02:
                cost = None
                self.planted.add("product without a cost", "shop", "products", "loaded", f"B{number:05d}")
            self.tables["products"].append(
                {
                    "product_id": f"B{number:05d}",
                    "name": f"{random.choice(titles.split())} {number}",
                    "category": category,
                    "brand": random.choice(["青禾", "Northern Light", "Greenleaf", "Lantern"]),
                    "supplier_id": random.choice(self.partners["supplier"]),
                    "list_price": money(price),
                    "unit_cost": cost,
                    "released_at": released_at,
                    "version": f"{random.randint(1, 5)}",
                    "replaces_product_id": replaces,
                    "updated_at": opened,
                }
            )
            self.prices.append((f"B{number:05d}", price))
        self.product_weights = list(accumulate(random.paretovariate(1.2) for _ in self.prices))

    def make_accounts(self) -> None:
        """Most people have one account, some several (each as if they were new), some none."""
        random = self.random
        for person in self.people:
            count = (
                random.choices([0, 1, 2, 3], [14, 70, 13, 3])[0]
                if person.kind == "individual"
                else random.choice([1, 1, 2])
            )
            for nth in range(count):
                days = int(random.expovariate(1 / (5 if nth == 0 else 120)))
                registered_on = min(person.active_from + timedelta(days=days), self.until - timedelta(days=1))
                self.account(person, nth, self.moment(registered_on))
            if count > 1:
                self.planted.add("person with several shop accounts", "shop", "customers", "loaded", person.person_id)
        self.tables["customers"].sort(key=lambda row: row["customer_id"])

    def account(self, person: Person, nth: int, registered_at: datetime) -> None:
        random, planted = self.random, self.planted
        customer_id = f"C{len(self.tables['customers']) + 1:06d}"

        def plant(fault: str) -> None:
            planted.add(fault, "shop", "customers", "loaded", customer_id)

        email, phone = person.emails[0], person.phones[-1 if nth == 0 else 0]
        if nth and random.random() < 0.45:
            email = person.emails[-1] if len(person.emails) > 1 else None
        if nth and random.random() < 0.35:
            phone = None
        if email and random.random() < 0.015:
            email = mistyped_email(random, email)
            plant("mistyped e-mail")
        name = written_name(random, person)
        if person.kind == "individual" and random.random() < 0.02:  # a clerk who had to type something
            email, phone = PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE
            plant("placeholder e-mail and phone")
        shown_email = written_email(random, email) if email else None
        if shown_email and shown_email != shown_email.lower():
            plant("e-mail in capitals")
        if not email:
            plant("account without an e-mail")
        address = person.address
        row = {
            "customer_id": customer_id,
            "account_type": person.kind,
            "full_name": name if person.kind == "individual" else None,
            "email": shown_email,
            "phone": written_phone(random, phone) if phone else None,
            "birth_date": person.birth_date if random.random() < 0.6 else None,
            "gender": person.gender if random.random() < 0.7 else None,
            "occupation": person.occupation if random.random() < 0.4 else None,
            "marital_status": person.marital_status if random.random() < 0.3 else None,
            "interests": person.interests if random.random() < 0.3 else None,
            "organisation_name": name if person.kind == "organisation" else None,
            "contact_person": person.contact_person,
            **{column: value if random.random() < 0.9 else None for column, value in address.items()},
            "registered_at": registered_at,
            "updated_at": self.capped(registered_at + timedelta(minutes=random.choice([0, 0, 5, 200_000]))),
        }
        self.tables["customers"].append(row)
        self.accounts[person.person_id].append((registered_at, customer_id, email, phone))
        self.records.append(
            SourceRecord("shop", "customers", customer_id, person.person_id, emails={email}, phones={phone})
        )

    def make_orders(self, count: int, say: Callable[[str], None]) -> None:
        random = self.random
        people = sorted(self.people, key=lambda person: (person.active_from, person.person_id))
        since = [person.active_from for person in people]
        weights = list(accumulate(person.weight for person in people))
        days = [self.start + timedelta(days=number) for number in range((self.until - self.start).days + 1)]
        # Terms begin in September and March; the shop grows by about a quarter in a year.
        season = [
            (1.6 if day.month in (3, 9) else 1.2 if day.month == 12 else 1.0) * (1 + index / 1500)
            for index, day in enumerate(days)
        ]
        order_days = sorted(days + days + random.choices(days, season, k=max(0, count - 2 * len(days))))
        for number, day in enumerate(order_days, start=1):
            active = bisect_left(since, day + timedelta(days=1))
            person = people[bisect_left(weights, random.random() * weights[active - 1])]
            self.order(f"SO{number:08d}", person, self.moment(day))
            if number % 25_000 == 0:
                say(f"{number:,} of {count:,} orders")

    def order(self, order_id: str, person: Person, ordered_at: datetime) -> None:
        random = self.random
        accounts = [account for account in self.accounts[person.person_id] if account[0] <= ordered_at]
        is_organisation = person.kind == "organisation"
        account = random.choice(accounts) if accounts and (is_organisation or random.random() < 0.88) else None
        channel = random.choices(["online", "phone", "branch"], [20, 50, 30] if is_organisation else [68, 10, 22])[0]
        lines = self.lines(order_id, is_organisation)
        gross = sum(line.gross for line in lines)
        discount = self.discount(lines, gross)
        shipping = 0 if channel == "branch" or gross > 9900 else 800
        tax = round((gross - discount) * 0.06) if is_organisation else 0
        total = gross - discount + shipping + tax
        times = self.milestones(order_id, channel, ordered_at)
        order = Order(
            order_id,
            person,
            account is None,
            channel,
            times["status"],
            ordered_at,
            times["paid_at"],
            times["delivered_at"],
            lines,
        )
        self.orders.append(order)
        salesperson = random.choice(person.salespeople) if channel != "online" or random.random() < 0.2 else None
        row = {
            "order_id": order_id,
            "customer_id": account[1] if account else None,
            "channel": channel,
            "salesperson_id": salesperson,
            "distributor_id": self.distributor(is_organisation),
            "carrier_id": random.choice(self.partners["carrier"]) if channel != "branch" else None,
            **times,
            "ordered_at": ordered_at,
            "currency": "CNY",
            "items_amount": money(gross),
            "discount_amount": money(discount),
            "shipping_amount": money(shipping),
            "tax_amount": money(tax),
            "total_amount": money(total),
            **self.recipient(order, account),
        }
        self.tables["orders"].append(row)
        for line in lines:
            self.tables["order_items"].append(
                {
                    "order_item_id": line.order_item_id,
                    "order_id": order_id,
                    "product_id": line.product_id,
                    "quantity": line.quantity,
                    "unit_price": money(line.price),
                    "discount_amount": money(line.own_discount),
                    "line_amount": money(line.gross - line.own_discount),
                    "updated_at": row["updated_at"],
                }
            )
        self.payments(order, total, row["updated_at"])
        if order.status == "delivered" and order.delivered_at and random.random() < 0.07:
            self.returns(order, row)

    def lines(self, order_id: str, is_organisation: bool) -> list[Line]:
        random = self.random
        count = random.choices([1, 2, 3, 4, 6], [38, 28, 18, 10, 6])[0]
        picked = dict.fromkeys(random.choices(self.prices, cum_weights=self.product_weights, k=count))
        lines = []
        for number, (product_id, price) in enumerate(picked, start=1):
            quantity = (
                random.choice([5, 10, 20, 30]) if is_organisation else random.choices([1, 2, 3, 5], [76, 15, 6, 3])[0]
            )
            lines.append(Line(f"{order_id}-{number}", product_id, quantity, price, 0))
        return lines

    def discount(self, lines: list[Line], gross: int) -> int:
        """The whole discount of an order, in cents: on lines, or on the order and shared out by the lines' gross."""
        random = self.random
        roll = random.random()
        if roll < 0.15:
            line = random.choice(lines)
            line.own_discount = line.discount = line.gross // random.choice([5, 10, 20])
            return line.discount
        if roll < 0.30:
            whole = min(gross // 2, random.choice([500, 1000, 2000]))
            for line in lines:
                line.discount = round(whole * line.gross / gross)
            # The largest line takes what rounding leaves over, so that the lines add up to the order.
            max(lines, key=lambda line: line.gross).discount += whole - sum(line.discount for line in lines)
            return whole
        return 0

    def milestones(self, order_id: str, channel: str, ordered_at: datetime) -> dict:
        """Status and times of an order as they are known at the end of the last day."""
        random, end = self.random, self.end
        times = dict.fromkeys(("paid_at", "shipped_at", "promised_delivery_at", "delivered_at", "cancelled_at"))
        in_branch = channel == "branch"
        status = "paid"
        paid_at = ordered_at + timedelta(minutes=random.randint(0, 2) if in_branch else random.randint(1, 90))
        roll = random.random()
        if roll < 0.03 and not in_branch:
            status = random.choice(["cancelled", "cancelled", "canceled"])
            times["cancelled_at"] = self.capped(ordered_at + timedelta(hours=random.randint(1, 60)))
            times["paid_at"] = self.capped(paid_at) if random.random() < 0.5 else None
            self.planted.add("cancelled order", "shop", "orders", "loaded", order_id)
        elif roll < 0.05 and not in_branch:
            status = random.choice(["pending", "unpaid", "created", "unavailable"])
            self.planted.add("order never paid", "shop", "orders", "loaded", order_id)
        elif in_branch:
            status, times["paid_at"], times["delivered_at"] = "delivered", self.capped(paid_at), self.capped(paid_at)
        else:
            times["paid_at"] = self.capped(paid_at)
            promised_on = ordered_at.date() + timedelta(days=random.randint(3, 7))
            times["promised_delivery_at"] = datetime.combine(promised_on, time())  # a day, kept as its midnight
            shipped_at = paid_at + timedelta(minutes=random.randint(200, 2400))
            delivered_at = shipped_at + timedelta(minutes=random.randint(900, 4200))
            if random.random() < 0.08:
                delivered_at += timedelta(days=random.randint(3, 12))
            if shipped_at <= end:
                status, times["shipped_at"] = "shipped", shipped_at
            elif random.random() < 0.5:
                status = "processing"
            if delivered_at <= end:
                status, times["delivered_at"] = "delivered", delivered_at
                self.spoil_milestones(order_id, times)
            if times["delivered_at"] and times["delivered_at"].date() > promised_on:
                self.planted.add("delivered late", "shop", "orders", "loaded", order_id)
        known = [
            ordered_at,
            *(times[name] for name in ("paid_at", "shipped_at", "delivered_at", "cancelled_at") if times[name]),
        ]
        updated_at = max(known) + timedelta(seconds=random.randint(0, 300))
        if random.random() < 0.006 and ordered_at + timedelta(days=60) < end:  # typed in weeks later, from a paper slip
            updated_at = max(updated_at, ordered_at + timedelta(days=random.randint(30, 59)))
            self.planted.add("backdated order", "shop", "orders", "loaded", order_id)
        return {"status": status, **times, "updated_at": self.capped(updated_at)}

    def spoil_milestones(self, order_id: str, times: dict) -> None:
        roll = self.random.random()
        if roll < 0.012:
            times["shipped_at"] = None
            self.planted.add("delivered but never shipped", "shop", "orders", "loaded", order_id)
        elif roll < 0.02:
            times["delivered_at"] = None
            self.planted.add("delivered without a time", "shop", "orders", "loaded", order_id)
        elif roll < 0.026:
            times["shipped_at"] = self.capped(times["delivered_at"] + timedelta(hours=5))
            self.planted.add("shipped after delivery", "shop", "orders", "loaded", order_id)

    def distributor(self, is_organisation: bool) -> str | None:
        if self.random.random() < (0.35 if is_organisation else 0.02):
            return self.random.choice(self.partners["distributor"] + self.partners["wholesaler"])
        return None

    def recipient(self, order: Order, account: tuple | None) -> dict:
        """Who gets the parcel: the buyer, or somebody else when it is a gift. A guest is known by nothing else."""
        random, person = self.random, order.person
        is_gift = order.channel != "branch" and person.kind == "individual" and random.random() < 0.05
        email = phone = None
        if is_gift:
            other = random.choice(self.people)
            name, email, phone, address = other.full_name, None, other.phones[0], other.address
            self.planted.add("gift order", "shop", "orders", "loaded", order.order_id)
        else:
            name, address = written_name(random, person), person.address
            if account is None:
                email = random.choice(person.emails) if order.channel != "branch" or random.random() < 0.3 else None
                phone = person.phones[0] if random.random() < 0.6 else None
                if order.channel != "online" and random.random() < 0.1:
                    email, phone = PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE
                    self.planted.add("placeholder e-mail and phone", "shop", "orders", "loaded", order.order_id)
            elif random.random() < 0.5:
                phone = account[3]
        if order.is_guest:
            mine = (set(), set()) if is_gift else ({email}, {phone})
            self.records.append(
                SourceRecord("shop", "orders", order.order_id, person.person_id, emails=mine[0], phones=mine[1])
            )
        ships = order.channel != "branch"
        return {
            "recipient_name": name if ships or random.random() < 0.3 else None,
            "recipient_phone": written_phone(random, phone) if phone else None,
            "recipient_email": written_email(random, email) if email else None,
            "ship_city": address["city"] if ships else None,
            "ship_postcode": address["postcode"] if ships else None,
            "is_gift": is_gift,
        }

    def payments(self, order: Order, total: int, updated_at: datetime) -> None:
        random, rows = self.random, self.tables["payments"]

        def pay(amount: int, status: str, paid_at: datetime | None) -> None:
            method = random.choice(["wallet", "bank transfer", "card", "cash"])
            row = {"payment_id": f"{order.order_id}-P{pays[0]}", "order_id": order.order_id, "method": method}
            rows.append(row | {"amount": money(amount), "status": status, "paid_at": paid_at, "updated_at": updated_at})
            pays[0] += 1

        pays = [1]
        if order.paid_at is None:
            if random.random() < 0.3:
                pay(total, "failed", None)
        elif random.random() < 0.04 and total > 200:
            pay(total // 2, "succeeded", order.paid_at)
            pay(total - total // 2, "succeeded", order.paid_at)
        else:
            pay(total, "succeeded", order.paid_at)

    def returns(self, order: Order, row: dict) -> None:
        """One or more lines come back: in or out of policy, in part or whole, refunded rightly, wrongly, late or not
        yet."""
        random, end = self.random, self.end
        for line in random.sample(order.lines, random.randint(1, len(order.lines)) if random.random() < 0.5 else 1):
            in_time = random.random() < 0.85
            requested_at = order.delivered_at + timedelta(
                days=random.randint(1, 18) if in_time else random.randint(22, 60), hours=3
            )
            if requested_at > end:
                continue
            return_id = f"R{len(self.tables['returns']) + 1:06d}"
            quantity = line.quantity if random.random() < 0.6 else random.randint(1, line.quantity)
            reason, fault = random.choices(RETURN_REASONS, [45, 15, 25, 15])[0]
            condition = (
                random.choices(["unopened", "opened", "damaged"], [75, 15, 10])[0] if fault == "customer" else "damaged"
            )
            in_policy = in_time and (fault == "seller" or condition == "unopened")
            received_at = requested_at + timedelta(days=random.randint(2, 6))
            overdue = random.random() < 0.06
            refunded_at = None if overdue else received_at + timedelta(days=random.randint(1, 7))
            amount = line.net * quantity // line.quantity
            if random.random() < 0.04:
                amount = max(1, amount - random.choice([100, 500, -300]))
                wrong = True
            else:
                wrong = False
            status = "requested"
            if not in_policy and random.random() < 0.6:
                status, refunded_at = "rejected", None
            elif received_at <= end:
                status = "received"
                if refunded_at and refunded_at <= end:
                    status = "refunded"
            refunded_at = refunded_at if status == "refunded" else None
            # Without a throw of the dice, so that nothing else is another than before.
            if refunded_at and len(self.refunds) % 12 == 5 and refunded_at + timedelta(days=183) <= end:
                refunded_at += timedelta(days=183)
                self.planted.add("refund half a year late", "shop", "returns", "loaded", return_id)
            received_at = received_at if received_at <= end else None
            if status == "refunded":
                line.returned += quantity
                self.refunds.append(Refund(return_id, line.order_item_id, quantity, refunded_at, amount))
                if wrong:
                    self.planted.add("wrong refund", "shop", "returns", "loaded", return_id)
            if not in_policy:
                self.planted.add("return out of policy", "shop", "returns", "loaded", return_id)
            if status == "received" and overdue and received_at + timedelta(days=14) < end:
                self.planted.add("refund overdue", "shop", "returns", "loaded", return_id)
            updated_at = max(moment for moment in (requested_at, received_at, refunded_at) if moment)
            self.tables["returns"].append(
                {
                    "return_id": return_id,
                    "order_id": order.order_id,
                    "order_item_id": line.order_item_id,
                    "quantity": quantity,
                    "reason": reason,
                    "fault": fault,
                    "condition": condition,
                    "requested_at": requested_at,
                    "received_at": received_at,
                    "refunded_at": refunded_at,
                    "refund_amount": money(amount) if status == "refunded" else None,
                    "return_shipping_amount": "8.00",
                    "return_shipping_paid_by": fault
                    if random.random() < 0.95
                    else random.choice(["seller", "customer"]),
                    "status": status,
                    "updated_at": updated_at,
                }
            )
            if all(part.returned >= part.quantity for part in order.lines):
                order.status = row["status"] = "returned"
            row["updated_at"] = max(row["updated_at"], updated_at)

    def plant_orphans(self) -> None:
        """Rows that belong to nothing, and one whose date cannot be: what the warehouse must set aside and name."""
        random, planted = self.random, self.planted
        items, payments, orders = self.tables["order_items"], self.tables["payments"], self.tables["orders"]
        for number in range(1, 4):
            item = random.choice(items) | {"order_item_id": f"SO9999999{number}-1", "order_id": f"SO9999999{number}"}
            items.append(item)
            planted.add("item without an order", "shop", "order_items", "rejected", item["order_item_id"])
        for number in range(1, 3):
            payment = random.choice(payments) | {
                "payment_id": f"SO8888888{number}-P1",
                "order_id": f"SO8888888{number}",
            }
            payments.append(payment)
            planted.add("payment without an order", "shop", "payments", "rejected", payment["payment_id"])
        guests = [
            (row, order)
            for row, order in zip(orders, self.orders, strict=True)
            if order.is_guest and not row["is_gift"]
        ]
        for number, (row, _) in enumerate(random.sample(guests, min(3, len(guests))), start=1):
            row["customer_id"] = f"C99999{number}"
            planted.add("order of an unknown customer", "shop", "orders", "loaded", row["order_id"])
        payment = random.choice(payments) | {"payment_id": "SO77777777-P1", "paid_at": datetime(2923, 5, 1, 9)}
        payments.append(payment)
        planted.add("date in 2923", "shop", "payments", "quarantined", payment["payment_id"])
        for row, name in zip(
            [row for row in self.tables["customers"] if row["full_name"]],
            ("Robert'); DROP TABLE customers;--", '=HYPERLINK("http://x.example","Liz")', "李娜 📚🎓"),
            strict=False,
        ):
            row["full_name"] = name
            planted.add("hostile or unusual name", "shop", "customers", "loaded", row["customer_id"])
