# ruff: noqa: E501 (a fault or a record reads best on one line)
"""What goes wrong with a delivery: the catalogue of faults that the raw gate has to name.

A fault changes one day's delivery before it reaches the source (or the source itself), and says which table must be
named, by one of which checks, and which column, where there is one. Faults of one `family` touch the same records: a
round plants at most one of each family, or at most one of each column among faults that only change values.

`from_orders` is the size of company, in orders a day, from which a fault must be caught. Below it the loss is one that
chance brings as well: half of a table with six rows a day is an ordinary day. Where days differ by 4 to 10 per cent
beyond chance, as they do here, half of a table is mostly told from a bad day from about 500 rows a day on (see `curve`).
"""

from __future__ import annotations

import random
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bench.completeness_company import Company, Delivery

Edit = Callable[[Delivery, Company, random.Random], None]
ORDERS, TICKETS, ACTIVITIES, VIEWS = (
    "shop_orders",
    "helpdesk_tickets",
    "membership_activities",
    "membership_product_views",
)
ITEMS, PAYMENTS, EVENTS, PRODUCTS = "shop_order_items", "shop_payments", "helpdesk_ticket_events", "shop_products"
CUSTOMERS, USERS, MEMBERS = "shop_customers", "helpdesk_users", "membership_members"
VALUES = frozenset(
    ("customer_id", "ship_city", "paid_at", "promised_delivery_at", "channel", "currency", "method", "total_amount", "unit_price", "amount",
     "recipient_name", "priority", "group_id", "subject", "seconds", "email")
)  # fmt: skip
WITH = {ORDERS: ("order_id", (ITEMS, PAYMENTS)), TICKETS: ("id", (EVENTS,))}


@dataclass(frozen=True)
class Fault:
    name: str
    family: str
    table: str
    checks: tuple[str, ...]
    edit: Edit
    column: str = ""
    from_orders: int = 100

    @property
    def changed(self) -> frozenset[str]:
        """The columns of which it only changes values, and on which nothing else hangs."""
        names = getattr(self.edit, "names", frozenset())
        return frozenset(f"{self.table}.{name}" for name in names) if names <= VALUES else frozenset()

    def found_by(self, results: list) -> list:
        """The failed results that name it."""
        return [
            result
            for result in results
            if result.status == "failed" and result.table_name == f"raw.{self.table}" and result.check_name in self.checks
            and (not self.column or self.column in (result.column_name or "") or self.column in result.message)
        ]  # fmt: skip


# ---- ways to spoil a delivery


def _is_new(table: str, row: dict, company: Company) -> bool:
    day = company.today - timedelta(days=1)
    at = row.get("ordered_at") or row.get("created_at") or row.get("occurred_at") or row.get("viewed_at")
    at = at or row.get("registered_at") or row["updated_at"]
    return at.date() == day


def keep(table: str, wanted: Callable[[dict, random.Random], bool], *, alone: bool = False) -> Edit:
    """Only the new records that are wanted, and what belongs to them (`alone`: what belongs to the others comes)."""

    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        rows = delivery[table]
        gone = [row for row in rows if _is_new(table, row, company) and not wanted(row, chance)]
        delivery[table] = [row for row in rows if row not in gone]
        key, others = WITH.get(table, ("", ()))
        lost = {row[key] for row in gone} if key else set()
        if not alone:
            for other in others:
                column = "order_id" if table == ORDERS else "ticket_id"
                delivery[other] = [row for row in delivery[other] if row[column] not in lost]
        _forget(company, table, gone, key, alone=alone)

    return edit


def _forget(company: Company, table: str, gone: list[dict], key: str, *, alone: bool) -> None:
    """What never came does not come later either, when it is shipped or solved."""
    lost = {row[key] for row in gone} if key else set()
    column = {ORDERS: "order_id", TICKETS: "ticket_id"}.get(table, "")
    for day, changes in company.due.items():
        company.due[day] = [
            (name, row) for name, row in changes
            if not ((name == table and row.get(key) in lost) or (not alone and column and row.get(column) in lost))
        ]  # fmt: skip


def put(table: str, **values: object) -> Edit:
    """Every new record with these values; a function gets the value as it was, or the whole record."""

    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        for row in delivery[table]:
            if _is_new(table, row, company):
                for name, value in values.items():
                    row[name] = value(row[name], row) if callable(value) else value

    edit.names = frozenset(values)
    return edit


def double(table: str, key: str) -> Edit:
    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        again = [row | {key: f"{row[key]}9" if isinstance(row[key], str) else row[key] + 10**7} for row in delivery[table]
                 if _is_new(table, row, company)]  # fmt: skip
        delivery[table] = delivery[table] + again

    return edit


def no_file(table: str) -> Edit:
    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        delivery.pop(table)

    return edit


def catalogue_anew(**values: Callable) -> Edit:
    """The whole catalogue is delivered again, with these values in another shape."""

    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        at = datetime.combine(company.today - timedelta(days=1), datetime.min.time()) + timedelta(hours=4)
        delivery[PRODUCTS] = [
            row | {"updated_at": at} | {name: change(row[name]) for name, change in values.items()}
            for row in company.products
        ]

    return edit


def at_the_source(*statements: str) -> Edit:
    def edit(delivery: Delivery, company: Company, chance: random.Random) -> None:
        with sqlite3.connect(company.folder / "shop.sqlite") as shop:
            for statement in statements:
                shop.execute(statement)

    return edit


def half(row: dict, chance: random.Random) -> bool:
    return chance.random() < 0.5


def hours(column: str, first: int, last: int) -> Callable[[dict, random.Random], bool]:
    return lambda row, chance: not first <= row[column].hour < last


def shifted(by: int) -> Callable:
    return lambda value, row: value + timedelta(hours=by) if value else None


def times(factor: float) -> Callable:
    return lambda value, row: f"{float(value) * factor:.2f}" if value else value


def nothing(row: dict, chance: random.Random) -> bool:
    return False


def restarted(prefix: str) -> Callable:
    counter = iter(range(1, 10**6))
    return lambda value, row: f"{prefix}{next(counter):08}"


ROWS, HOURS, PARTS, FILL, FIGURES = (
    ("usual_rows",),
    ("usual_hours",),
    ("usual_parts",),
    ("usual_fill",),
    ("usual_figures",),
)
FILES, KEPT, SHRUNK = ("usual_files",), ("values_kept",), ("source_not_shrunk",)

FAULTS = (
    # Less than there should be
    Fault("half of the orders, with all that belongs to them", "order", ORDERS, ROWS, keep(ORDERS, half), from_orders=500),
    Fault("no orders at all, and the pull succeeded", "order", ORDERS, ROWS, keep(ORDERS, nothing)),
    Fault("orders without half of the lines", "order", ITEMS, ROWS + FILL, keep(ITEMS, half)),
    Fault("orders without any lines", "order", ITEMS, (*ROWS, "orders_with_lines"), keep(ITEMS, nothing)),
    Fault("half of the payments", "order", PAYMENTS, ROWS, keep(PAYMENTS, half), from_orders=600),
    Fault("one channel did not deliver", "order", ORDERS, PARTS, keep(ORDERS, lambda row, chance: row["channel"] != "app"), "channel"),
    Fault("half of one channel", "order", ORDERS, PARTS,
          keep(ORDERS, lambda row, chance: row["channel"] != "web" or chance.random() < 0.5), "channel", 1000),
    Fault("one distributor did not deliver", "order", ORDERS, PARTS,
          keep(ORDERS, lambda row, chance: row["distributor_id"] != "X1"), "distributor_id"),
    Fault("one city is missing though other cities sold more", "order", ORDERS, PARTS,
          put(ORDERS, ship_city=lambda value, row: "Lund" if value == "Porto" else value), "ship_city"),
    Fault("cut off at noon", "order", ORDERS, HOURS + ROWS, keep(ORDERS, hours("ordered_at", 12, 24))),
    Fault("three hours in the morning are missing", "order", ORDERS, HOURS, keep(ORDERS, hours("ordered_at", 9, 12))),
    Fault("one busy hour is missing", "order", ORDERS, HOURS, keep(ORDERS, hours("ordered_at", 18, 19))),
    Fault("half of the tickets", "ticket", TICKETS, ROWS, keep(TICKETS, half), from_orders=1000),
    Fault("no tickets at all", "ticket", TICKETS, ROWS, keep(TICKETS, nothing)),
    Fault("one group of the helpdesk is missing", "ticket", TICKETS, PARTS,
          keep(TICKETS, lambda row, chance: row["group_id"] != 2), "group_id"),
    Fault("tickets by e-mail are missing", "ticket", TICKETS, PARTS + ROWS,
          keep(TICKETS, lambda row, chance: row["via"]["channel"] != "email")),
    Fault("six hours of tickets are missing", "ticket", TICKETS, HOURS + ROWS, keep(TICKETS, hours("created_at", 14, 20))),
    Fault("half of the ticket events", "ticket", EVENTS, ROWS + FILL, keep(EVENTS, half), from_orders=700),
    Fault("no ticket events", "ticket", EVENTS, ROWS, keep(EVENTS, nothing)),
    Fault("half of the activities", "activity", ACTIVITIES, ROWS, keep(ACTIVITIES, half), from_orders=700),
    Fault("the activity file did not come", "activity", ACTIVITIES, FILES, no_file(ACTIVITIES)),
    Fault("the activity file is empty", "activity", ACTIVITIES, ROWS + FILES, keep(ACTIVITIES, nothing)),
    Fault("one kind of activity is missing", "activity", ACTIVITIES, PARTS,
          keep(ACTIVITIES, lambda row, chance: row["type"] != "review"), "type"),
    Fault("four hours of activities are missing", "activity", ACTIVITIES, HOURS, keep(ACTIVITIES, hours("occurred_at", 16, 20))),
    Fault("the file of product views did not come", "view", VIEWS, FILES, no_file(VIEWS)),
    Fault("half of the product views", "view", VIEWS, ROWS, keep(VIEWS, half), from_orders=900),
    Fault("new customers did not come", "customer", CUSTOMERS, ROWS, keep(CUSTOMERS, nothing)),
    Fault("half of the catalogue is gone at the source", "product", PRODUCTS, SHRUNK,
          at_the_source("delete from products where product_id >= 'P030'")),
    # Columns that came empty, or all alike
    Fault("orders without a customer", "order", ORDERS, FILL, put(ORDERS, customer_id=None), "customer_id"),
    Fault("orders without a city", "order", ORDERS, FILL, put(ORDERS, ship_city=" "), "ship_city"),
    Fault("orders that are never paid", "order", ORDERS, FILL, put(ORDERS, paid_at=None), "paid_at"),
    Fault("half of the orders without a promised day", "order", ORDERS, FILL,
          put(ORDERS, promised_delivery_at=lambda value, row: value if row["order_id"][-1] in "02468" else None), "promised"),
    Fault("tickets without a group", "ticket", TICKETS, FILL, put(TICKETS, group_id=None), "group_id"),
    Fault("tickets without a priority", "ticket", TICKETS, FILL, put(TICKETS, priority=None), "priority"),
    Fault("views without their seconds", "view", VIEWS, FILL, put(VIEWS, seconds=None), "seconds"),
    Fault("customers without an e-mail", "customer", CUSTOMERS, FILL, put(CUSTOMERS, email=None), "email"),
    Fault("the catalogue came anew without its costs", "product", PRODUCTS, KEPT, catalogue_anew(unit_cost=lambda v: None), "unit_cost"),
    Fault("every order is of one channel", "order", ORDERS, PARTS, put(ORDERS, channel="web"), "channel"),
    Fault("channels under other names", "order", ORDERS, PARTS, put(ORDERS, channel=lambda value, row: f"{value}_v2"), "channel"),
    Fault("another currency", "order", ORDERS, PARTS, put(ORDERS, currency="USD"), "currency"),
    Fault("every payment by one method", "order", PAYMENTS, PARTS, put(PAYMENTS, method="card"), "method"),
    Fault("every order is of one customer", "order", ORDERS, FIGURES, put(ORDERS, customer_id="C000001"), "customer_id"),
    Fault("every ticket is urgent", "ticket", TICKETS, PARTS, put(TICKETS, priority="urgent"), "priority"),
    Fault("every activity is of one member", "activity", ACTIVITIES, FIGURES, put(ACTIVITIES, member_id="M000001"), "member_id"),
    # Twice
    Fault("orders twice, under new numbers", "order", ORDERS, FIGURES, double(ORDERS, "order_id")),
    Fault("lines twice, under new numbers", "order", ITEMS, FIGURES, double(ITEMS, "order_item_id")),
    Fault("activities twice, under new numbers", "activity", ACTIVITIES, FIGURES, double(ACTIVITIES, "activity_id")),
    # Another unit, another clock, other numbers, cut texts
    Fault("totals in cents", "order", ORDERS, FIGURES, put(ORDERS, total_amount=times(100)), "total_amount"),
    Fault("prices in thousands", "order", ITEMS, FIGURES, put(ITEMS, unit_price=times(0.001)), "unit_price"),
    Fault("payments in cents", "order", PAYMENTS, FIGURES, put(PAYMENTS, amount=times(100)), "amount"),
    Fault("the catalogue came anew in cents", "product", PRODUCTS, KEPT, catalogue_anew(list_price=lambda v: f"{float(v) * 100:.2f}"),
          "list_price"),
    Fault("order times eight hours early", "order", ORDERS, FIGURES + HOURS, put(ORDERS, ordered_at=shifted(-8))),
    Fault("order times eight hours late", "order", ORDERS, FIGURES + HOURS, put(ORDERS, ordered_at=shifted(8))),
    Fault("every order at midnight", "order", ORDERS, HOURS,
          put(ORDERS, ordered_at=lambda value, row: value.replace(hour=0, minute=0, second=0))),
    Fault("ticket times eight hours early", "ticket", TICKETS, FIGURES + HOURS, put(TICKETS, created_at=shifted(-8))),
    Fault("views in another unit", "view", VIEWS, FIGURES, put(VIEWS, seconds=lambda value, row: value * 1000), "seconds"),
    Fault("order numbers begin anew", "order", ORDERS, ROWS + KEPT, put(ORDERS, order_id=restarted("O"))),
    Fault("payment numbers begin anew, in another shape", "order", PAYMENTS, FIGURES + PARTS, put(PAYMENTS, payment_id=restarted("Z-"))),
    Fault("subjects cut at eight letters", "ticket", TICKETS, FIGURES, put(TICKETS, subject=lambda value, row: value[:8]), "subject"),
    Fault("names of recipients cut", "order", ORDERS, FIGURES, put(ORDERS, recipient_name=lambda value, row: value[:6]), "recipient_name"),
    # What belongs together came apart
    Fault("lines whose orders did not come", "order", ITEMS, FILL, keep(ORDERS, half, alone=True), "order_id"),
    Fault("payments of unknown orders", "order", PAYMENTS, FILL, put(PAYMENTS, order_id=lambda value, row: f"{value}X"), "order_id"),
    Fault("activities of unknown members", "activity", ACTIVITIES, FILL, put(ACTIVITIES, member_id=lambda value, row: f"N{value}"),
          "member_id"),
    Fault("tickets of unknown people", "ticket", TICKETS, FILL, put(TICKETS, requester_id=lambda value, row: value + 10**6),
          "requester_id"),
)  # fmt: skip


def rounds(orders: float = float("inf")) -> Iterator[list[Fault]]:
    """The catalogue for a company of so many orders a day, in rounds of faults that do not meet."""
    left = [fault for fault in FAULTS if fault.from_orders <= orders]
    while left:
        chosen: dict[object, Fault] = {}
        for fault in left:
            if bool(fault.changed) == bool(left[0].changed):
                chosen.setdefault(fault.changed or fault.family, fault)
        left = [fault for fault in left if fault not in chosen.values()]
        yield list(chosen.values())
