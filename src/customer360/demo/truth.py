"""What is true about the sample company, worked out from the generator's own knowledge and never from the warehouse's
SQL.

Who is who, who is linked by exact rules, every growth entry and level, which promise was kept, the totals, and what
was planted:
written as Parquet beside the sources, so that the marts can be scored against it. `truth_files` says what each file
holds; what happened to tickets, parcels and returns is in modules of its own.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from customer360.demo.people import PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE, Person
from customer360.demo.truth_files import SCHEMAS
from customer360.demo.truth_levels import Fact, Member, Refund, Rules, Story, growth_on

if TYPE_CHECKING:
    from customer360.demo.helpdesk import Helpdesk
    from customer360.demo.membership import Membership
    from customer360.demo.shop import Shop


AFTERWARDS = timedelta(days=3_000)  # longer than any level of the shipped rules lasts without growth


@dataclass(frozen=True)
class SourceRecord:
    """A record of a source system and whose it is, with the keys by which exact rules could link it (in their one
    true form)."""

    source_system: str
    source_table: str
    source_record_id: str
    person_id: str
    emails: Iterable[str | None] = ()
    phones: Iterable[str | None] = ()
    cards: Iterable[str | None] = ()
    purchases: Iterable[tuple[str, str]] = ()  # (table, id) of the buyer's record that a card was shown for

    @property
    def node(self) -> tuple[str, str, str]:
        return self.source_system, self.source_table, self.source_record_id

    def linking_keys(self) -> list[tuple[str, str]]:
        values = [("email", value) for value in self.emails] + [("phone", value) for value in self.phones]
        values += [("card", value) for value in self.cards]
        return [
            (kind, value) for kind, value in values if value and value not in (PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE)
        ]


@dataclass
class Planted:
    """Faults put in on purpose. Outcome: loaded, quarantined, rejected, or loaded once (a repetition that must not
    count)."""

    faults: dict[tuple[str, str, str, str], list[str]] = field(default_factory=lambda: defaultdict(list))

    def add(self, fault: str, source_system: str, source_table: str, outcome: str, record_id: str) -> None:
        self.faults[(fault, source_system, source_table, outcome)].append(record_id)

    def merge(self, other: Planted) -> None:
        for key, ids in other.faults.items():
            self.faults[key] += ids

    def rows(self) -> list[dict]:
        names = ("fault", "source_system", "source_table", "outcome")
        return [
            dict(zip(names, key, strict=True)) | {"records": len(ids), "record_ids": ids}
            for key, ids in sorted(self.faults.items())
        ]


def stories(shop: Shop, membership: Membership, until: date, rules: Rules) -> list[Story]:
    """Growth and levels of every person with a card, from what is known at the end of `until` and, for some years after
    it, as if nothing more happened."""
    facts: dict[str, list[Fact]] = defaultdict(list)
    refunds: dict[str, list[Refund]] = defaultdict(list)
    cards: dict[str, set[str]] = defaultdict(set)
    categories = {row["product_id"]: row["category"] for row in shop.tables["products"]}
    lines = {line.order_item_id: (line, order) for order in shop.orders for line in order.lines}
    for line, order in lines.values():
        if order.is_sale and order.paid_at:
            category, money = categories[line.product_id], Decimal(line.net) / 100
            fact = Fact(
                line.order_item_id, "purchase", order.paid_at, money, Decimal(line.quantity), order.channel, category
            )
            facts[order.person.person_id].append(fact)
    for refund in shop.refunds:
        line, order = lines[refund.order_item_id]
        back = Refund(
            refund.return_id,
            refund.order_item_id,
            refund.refunded_at,
            Decimal(refund.quantity),
            Decimal(line.quantity),
        )
        refunds[order.person.person_id].append(back)
    for row in membership.activities:
        if row["type"] != "purchase":  # a purchase earns by its order
            quantity = Decimal(row["quantity"]) if row["quantity"] else None
            fact = Fact(row["activity_id"], row["type"], row["occurred_at"], quantity=quantity)
            facts[membership.person_of[row["member_id"]]].append(fact)
    for member_id, person_id in membership.person_of.items():
        cards[person_id].add(member_id)
    return [
        Story(
            rules,
            Member(person_id, joined_on, membership.cancelled_on.get(person_id), frozenset(cards[person_id])),
            facts[person_id],
            refunds[person_id],
            until + AFTERWARDS,
        )
        for person_id, joined_on in sorted(membership.joined_on.items())
    ]


def levels(told: list[Story], days: list[date]) -> list[dict]:
    """Growth value and level of every person with a card at the end of each day; none before joining or once
    cancelled."""
    rows = []
    for story in told:
        member = story.member
        for day in days:
            if day >= member.joined_on:
                level = story.level_on(day)
                rows.append(
                    {
                        "person_id": member.person_id,
                        "as_of_date": day,
                        "level": level,
                        "growth_value": growth_on(story.entries, day) if level else None,
                        "joined_on": member.joined_on,
                        "cancelled_on": member.cancelled_on,
                    }
                )
    return rows


def identities(records: list[SourceRecord]) -> list[dict]:
    """Whose each source record is. `exact_group`: records of one person that exact rules can join, directly or
    through others.

    `is_linkable`: exact rules join it with at least one other record of the same person.
    """
    parent: dict[tuple, tuple] = {record.node: record.node for record in records}

    def root(node: tuple) -> tuple:
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    first: dict[tuple, tuple] = {}
    for record in records:
        for key in record.linking_keys():
            holder = first.setdefault((record.person_id, *key), record.node)
            parent[root(record.node)] = root(holder)
    for record in records:
        for table, record_id in record.purchases:
            parent[root(record.node)] = root(("shop", table, record_id))
    members: dict[tuple, list[tuple]] = defaultdict(list)
    for record in records:
        members[root(record.node)].append(record.node)
    names = {leader: "/".join(min(nodes)) for leader, nodes in members.items()}
    return [
        {
            "source_system": record.source_system,
            "source_table": record.source_table,
            "source_record_id": record.source_record_id,
            "person_id": record.person_id,
            "exact_group": names[root(record.node)],
            "is_linkable": len(members[root(record.node)]) > 1,
        }
        for record in sorted(records, key=lambda record: record.node)
    ]


def totals(shop: Shop, helpdesk: Helpdesk, membership: Membership, promised: list[dict], people: int) -> list[dict]:
    """The figures the marts must reproduce, each as one row (metric, value)."""
    sales = [order for order in shop.orders if order.is_sale]
    sold = {line.order_item_id for order in sales for line in order.lines}
    gross = sum(line.gross for order in sales for line in order.lines)
    discount = sum(line.discount for order in sales for line in order.lines)
    refunds = sum(refund.amount for refund in shop.refunds if refund.order_item_id in sold)
    money = {"gross_sales": gross, "discount": discount, "refunds": refunds, "net_sales": gross - discount - refunds}
    counts = {
        "persons": people,
        "orders": len(shop.orders),
        "sale_orders": len(sales),
        "order_items": sum(len(order.lines) for order in shop.orders),
        "refunded_returns": len(shop.refunds),
        "tickets": len(helpdesk.tickets),
        "ticket_events": len(helpdesk.ticket_events),
        "members": len(membership.person_of),
        **{
            f"promises_{outcome}": sum(row["outcome"] == outcome for row in promised)
            for outcome in ("kept", "missed", "open")
        },
    }
    return [{"metric": name, "value": Decimal(value)} for name, value in counts.items()] + [
        {"metric": name, "value": Decimal(value) / 100} for name, value in money.items()
    ]


def shared_values(shared: dict[str, list[tuple[str, list[str]]]]) -> list[dict]:
    return [
        {"reason": reason, "identifier": value, "person_ids": ids}
        for reason, values in sorted(shared.items())
        for value, ids in values
    ]


def person_rows(people: list[Person]) -> list[dict]:
    return [{name: getattr(person, name) for name in SCHEMAS["persons"]} for person in people]


def entry_rows(told: list[Story]) -> list[dict]:
    names = SCHEMAS["growth_ledger"]
    return [{name: getattr(entry, name) for name in names} for story in told for entry in story.entries]


def period_rows(told: list[Story]) -> list[dict]:
    return [period._asdict() for story in told for period in story.periods]
