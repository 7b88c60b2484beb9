"""What is true about the sample company, worked out from the generator's own knowledge and never from the warehouse's
SQL.

Who is who, who is linked by exact rules, every growth entry and level, which promise was kept, the totals, and what
was planted:
written as Parquet beside the sources, so that the marts can be scored against it. SCHEMAS says what each file holds.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.demo.people import PLACEHOLDER_EMAIL, PLACEHOLDER_PHONE, Person
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


_MONEY = pa.decimal128(18, 4)
_TEXT, _TIME, _DAY, _TEXTS = pa.string(), pa.timestamp("us"), pa.date32(), pa.list_(pa.string())
SCHEMAS = {
    # One row per person or organisation.
    "persons": {
        "person_id": _TEXT,
        "kind": _TEXT,
        "full_name": _TEXT,
        "birth_date": _DAY,
        "emails": _TEXTS,
        "phones": _TEXTS,
        "household": _TEXT,
        "active_from": _DAY,
    },
    # One row per source record that is somebody's: shop customers and guest orders, helpdesk end users, members.
    "identities": {
        "source_system": _TEXT,
        "source_table": _TEXT,
        "source_record_id": _TEXT,
        "person_id": _TEXT,
        "exact_group": _TEXT,
        "is_linkable": pa.bool_(),
    },
    # One row per e-mail or phone that belongs to more than one person.
    "shared_values": {"reason": _TEXT, "identifier": _TEXT, "person_ids": _TEXTS},
    # One row per growth entry.
    "growth_ledger": {
        "entry_id": _TEXT,
        "person_id": _TEXT,
        "occurred_at": _TIME,
        "rule_id": _TEXT,
        "growth_value": _MONEY,
        "source_record_id": _TEXT,
        "reverses_entry_id": _TEXT,
        "earned_on": _DAY,
        "expires_on": _DAY,
        "coefficient": _MONEY,
        "level": _TEXT,
    },
    # One row per person with a card and day: the last of each of twelve months, and the last day of all.
    "levels": {
        "person_id": _TEXT,
        "as_of_date": _DAY,
        "level": _TEXT,
        "growth_value": _MONEY,
        "joined_on": _DAY,
        "cancelled_on": _DAY,
    },
    # One row per person and period at one level, also those to come if nothing more is earned; change_reason where it
    # is plain.
    "level_periods": {
        "person_id": _TEXT,
        "level": _TEXT,
        "valid_from": _DAY,
        "valid_to": _DAY,
        "change_reason": _TEXT,
    },
    # One row per ticket: what happened to it, replayed from its events. Seconds where the marts have minutes.
    "tickets": {
        "ticket_id": _TEXT,
        "handoff_count": pa.int64(),
        "group_change_count": pa.int64(),
        "group_move_count": pa.int64(),
        "agent_station_count": pa.int64(),
        "group_station_count": pa.int64(),
        "repeat_count": pa.int64(),
        "repeats_caused_by": _TEXTS,
        "reopen_count": pa.int64(),
        "reply_count": pa.int64(),
        "is_one_touch": pa.bool_(),
        "first_reply_at": _TIME,
        "next_reply_seconds": pa.list_(pa.int64()),
        "solved_at": _TIME,
        "first_resolution_seconds": pa.int64(),
        "resolution_seconds": pa.int64(),
        "resolution_business_seconds": pa.int64(),
        **{
            f"{name}{clock}_seconds": pa.int64()
            for name in ("customer_waiting", "waiting_on_customer", "on_hold", "solved")
            for clock in ("", "_business")
        },
    },
    # One row per promise made on a ticket, by its field, a tag or an agent's words; outcome is null and problem says
    # why where it was due before it was made.
    "promises": {
        "ticket_id": _TEXT,
        "agent_id": _TEXT,
        "promised_at": _TIME,
        "due_at": _TIME,
        "outcome": _TEXT,
        "problem": _TEXT,
        "source": _TEXT,
        "words": _TEXT,
        "is_sure": pa.bool_(),
    },
    # One row per ticket and service-level metric, and for next_reply per wait of the customer.
    "ticket_sla": {
        "ticket_id": _TEXT,
        "metric": _TEXT,
        "wait_number": pa.int64(),
        "began_at": _TIME,
        "ended_at": _TIME,
        "outcome": _TEXT,
    },
    # One row per public reply that puts the customer off without a time.
    "vague_answers": {"ticket_id": _TEXT, "agent_id": _TEXT, "answered_at": _TIME, "words": _TEXT},
    # One row per order that a delivery was promised for. at_risk_on: the first day at whose end it could be seen
    # coming that it would be late, or on which it was, also where it came in time; notice only of these.
    "deliveries": {
        "order_id": _TEXT,
        "outcome": _TEXT,
        "days_late": pa.int64(),
        "is_at_risk": pa.bool_(),
        "at_risk_on": _DAY,
        "notice": _TEXT,
    },
    # One row per return. Money in cents, of a part of a line with fractions of them.
    "returns": {
        "return_id": _TEXT,
        "policy_id": _TEXT,
        "is_within_policy": pa.bool_(),
        "paid_cents": pa.float64(),
        "expected_cents": pa.float64(),
        "difference_cents": pa.float64(),
        "is_refund_overdue": pa.bool_(),
    },
    # One row per complaint of a person: its first sign, how many it has, and the first of what it is about.
    "complaints": {
        "person_id": _TEXT,
        "occurred_at": _TIME,
        "signals": _TEXT,
        "signal_count": pa.int64(),
        "ticket_id": _TEXT,
        "order_id": _TEXT,
        "return_id": _TEXT,
    },
    # One row per figure.
    "totals": {"metric": _TEXT, "value": _MONEY},
    # One row per kind of fault and table.
    "planted": {
        "fault": _TEXT,
        "source_system": _TEXT,
        "source_table": _TEXT,
        "outcome": _TEXT,
        "records": pa.int64(),
        "record_ids": _TEXTS,
    },
}


def write_truth(folder: Path, tables: dict[str, list[dict]]) -> None:
    """Write each table of SCHEMAS that is given as `folder/<name>.parquet`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, rows in tables.items():
        schema = pa.schema(list(SCHEMAS[name].items()))
        pq.write_table(pa.Table.from_pylist(rows, schema=schema), folder / f"{name}.parquet")


def person_rows(people: list[Person]) -> list[dict]:
    return [{name: getattr(person, name) for name in SCHEMAS["persons"]} for person in people]


def entry_rows(told: list[Story]) -> list[dict]:
    names = SCHEMAS["growth_ledger"]
    return [{name: getattr(entry, name) for name in names} for story in told for entry in story.entries]


def period_rows(told: list[Story]) -> list[dict]:
    return [period._asdict() for story in told for period in story.periods]
