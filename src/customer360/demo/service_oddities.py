"""What is wrong in the helpdesk's data, put in on purpose and kept in the list of planted faults.

Tickets nobody asked, order numbers of nobody or of somebody else, events told twice or out of place, figures of the
helpdesk that are off, ratings that are none; and, not wrong but rare, tickets that staff open because a parcel is late.
"""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from customer360.demo import words
from customer360.demo.metric_sets import put_off
from customer360.demo.people import Person
from customer360.demo.service_life import Service
from customer360.demo.shop import Shop
from customer360.demo.ticket_log import SYSTEM, Audit, TicketLog, change, comment
from customer360.demo.truth import Planted

BAD_REASONS = (
    "The issue took too long to resolve",
    "The issue was not resolved",
    "The agent's knowledge is unsatisfactory",
    "The agent's attitude is unsatisfactory",
    "Some other reason",
)
NO_SCORES = ("5", "-1", "excellent", "0.5")
NOTICES = (
    "Your parcel is still on its way and later than we said. We are sorry.",
    "Your order has not reached you on the day we said; the carrier has found it. Our apologies.",
    "您的包裹晚了，非常抱歉，目前还在运输途中。",
)


@dataclass(frozen=True)
class Opening:
    """Who asks, about which order, in which words, and who writes them."""

    requester_id: int | None
    order_number: str | None
    text: str
    agent_id: int | None = None

    @property
    def writer_id(self) -> int | None:
        return self.agent_id or self.requester_id


@dataclass
class Oddities:
    random: Random
    service: Service
    planted: Planted
    ticket_id: int

    def plant(self, fault: str, table: str = "tickets", outcome: str = "loaded", record_id: object = None) -> None:
        self.planted.add(fault, "helpdesk", table, outcome, str(record_id or self.ticket_id))

    def opening(self, opening: Opening, person: Person, opened_at: datetime, shop: Shop) -> Opening:
        random, roll = self.random, self.random.random()
        if opening.order_number and _is_late(shop, opening.order_number, opened_at) and random.random() < 0.7:
            self.plant("customer told of a late parcel")
            agent_id = random.choice(random.choice(list(self.service.agents.values())))
            return replace(opening, agent_id=agent_id, text=random.choice(NOTICES))
        if roll < 0.004:
            self.plant("ticket without a requester")
            return replace(opening, requester_id=None)
        if opening.order_number and 0.01 < roll < 0.018:
            self.plant("order number of no order")
            return replace(opening, order_number=f"SO9{random.randrange(10**7):07d}")
        if opening.order_number and 0.02 < roll < 0.035:
            other = random.choice(shop.orders[: max(1, len(shop.orders) // 4)])
            if other.person is not person and other.ordered_at < opened_at:
                self.plant("order number of somebody else")
                return replace(opening, order_number=other.order_id)
        return opening

    def rating(self, rating: dict) -> dict:
        random = self.random
        if rating["score"] == "bad":
            rating["reason"] = random.choice(BAD_REASONS)
        elif rating["score"] == "good" and random.random() < 0.03:
            self.plant("rating that is none", "satisfaction_ratings")
            rating["score"] = random.choice(NO_SCORES)
        return rating

    def figures(self, metrics: dict) -> None:
        if self.random.random() < 0.03:
            self.plant(f"{put_off(self.random, metrics)} of the helpdesk is off")

    def history(self, log: TicketLog) -> None:
        """Events told twice, out of place, or after the end."""
        random, customer = self.random, log.requester_id
        if random.random() < 0.015 and len(log.audits) > 2:
            again = deepcopy(random.choice(log.audits[1:]))
            log.audits.append(replace(again, is_numbered_early=False))
            self.plant("event told twice", "ticket_events", "loaded once")
        if random.random() < 0.006:
            before = log.opened_at - timedelta(minutes=random.randint(5, 4000))
            who = random.choice([customer, random.choice(random.choice(list(self.service.agents.values())))])
            log.audits.append(Audit(before, who, [comment(who, words.other(random))]))
            self.plant("event before its ticket", "ticket_events")
        if log.status == "closed" and random.random() < 0.02:
            after = log.last_moment + timedelta(minutes=random.randint(10, 9000))
            if after + timedelta(minutes=1) < self.service.end:
                who = random.choice([customer, customer, log.last_holder])
                log.do(Audit(after, who, [comment(who, "Thank you again.")]))
                self.plant("event after closing", "ticket_events")
                if random.random() < 0.3:
                    log.do(Audit(after + timedelta(minutes=1), SYSTEM, [change("status", "open")], "rule"))


def _is_late(shop: Shop, order_number: str, moment: datetime) -> bool:
    """Whether the day on which the parcel should have come is past, and it has not come."""
    row = shop.order_rows.get(order_number)
    if row is None or row["promised_delivery_at"] is None or row["shipped_at"] is None:
        return False
    has_come = row["delivered_at"] is not None and row["delivered_at"] <= moment
    return row["promised_delivery_at"].date() < moment.date() and not has_come
