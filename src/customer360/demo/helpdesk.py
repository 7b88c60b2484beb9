"""The helpdesk: agents in groups, the people who write in, their tickets and everything that happened to a ticket.

Records have the shapes of Zendesk's API (`customer360.demo.server` serves them); ids are numbers. Each ticket's
audits are its whole history, so assignment, replies, reopening and promises can all be told from ticket_events alone.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from random import Random

from customer360.demo.membership import Membership
from customer360.demo.people import Person, slip, written_email, written_name, written_phone
from customer360.demo.shop import Shop
from customer360.demo.truth import Planted, SourceRecord

ORDER_FIELD, PROMISE_FIELD = 360001, 360002  # the ids of the seed ticket_fields
GROUPS = ("Delivery", "Returns and refunds", "Membership", "School accounts")
TOPICS = (
    ("Where is my parcel", "我的包裹还没有到", 0),
    ("Damaged book", "书到的时候封面破了", 1),
    ("Refund not received", "退款还没有到账", 1),
    ("How do I reach gold", "怎样升级会员", 2),
    ("Invoice for our school", "学校需要开发票", 3),
    ("Wrong edition sent", "发错版本了", 1),
    ("Change of address", "想改收货地址", 0),
)
AGENTS = """Ada-Bell 李静 Tom-Archer 王芳 Grace-Lee 赵敏 Ben-Cole 周涛 Ruth-Adams 吴洋 Sam-Young 郑爽
 Ivy-Hart 孙强 Leo-Marsh 钱进"""
PUBLIC_REPLIES = (
    "Thank you for waiting, I have looked into it.",
    "您好，已经为您查询，稍后给您答复。",
    "It is on its way now. Sorry for the trouble!",
)


@dataclass(frozen=True)
class Promise:
    ticket_id: str
    agent_id: str
    promised_at: datetime
    due_at: datetime


@dataclass
class Helpdesk:
    groups: list[dict] = field(default_factory=list)
    users: list[dict] = field(default_factory=list)
    tickets: list[dict] = field(default_factory=list)
    ticket_events: list[dict] = field(default_factory=list)
    satisfaction_ratings: list[dict] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    public_replies: dict[str, list[datetime]] = field(default_factory=lambda: defaultdict(list))
    records: list[SourceRecord] = field(default_factory=list)
    planted: Planted = field(default_factory=Planted)


def answer_tickets(
    random: Random, people: list[Person], shop: Shop, membership: Membership, *, tickets: int, start: date, until: date
) -> Helpdesk:
    """At least one ticket is opened on every day from `start` to `until`."""
    builder = _Builder(random, people, shop, membership, start, until)
    builder.make_agents()
    builder.make_tickets(tickets)
    return builder.desk


def write_json_lines(folder: Path, desk: Helpdesk) -> None:
    """Write the folder that HelpdeskServer serves."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in ("groups", "users", "tickets", "ticket_events", "satisfaction_ratings"):
        rows = getattr(desk, name)
        content = "".join(json.dumps(row, ensure_ascii=False, separators=(",", ":")) + "\n" for row in rows).encode()
        if name == "ticket_events":
            (folder / f"{name}.jsonl.gz").write_bytes(gzip.compress(content, 6, mtime=0))
        else:
            (folder / f"{name}.jsonl").write_bytes(content)


def _iso(moment: datetime | None) -> str | None:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ") if moment else None


def _seconds(moment: datetime) -> int:
    return int(moment.replace(tzinfo=UTC).timestamp())


@dataclass
class _Ticket:
    """A ticket while it is being lived through."""

    id: int
    requester_id: int
    group_id: int
    now: datetime
    assignee_id: int | None = None
    status: str = "new"
    promised: str | None = None


class _Builder:
    def __init__(
        self, random, people: list[Person], shop: Shop, membership: Membership, start: date, until: date
    ) -> None:
        self.random, self.start, self.until = random, start, until
        self.end = datetime.combine(until, time(23, 59, 59))
        self.desk = Helpdesk()
        self.people = people
        self.cards: dict[str, list[dict]] = defaultdict(list)
        for row in membership.tables["members"]:
            self.cards[membership.person_of[row["member_id"]]].append(row)
        self.by_day: dict[date, list] = defaultdict(list)
        for order in shop.orders:
            self.by_day[order.ordered_at.date()].append(order)
        self.users: dict[str, list[dict]] = defaultdict(list)
        self.agents: dict[int, list[int]] = {}

    def make_agents(self) -> None:
        opened = datetime.combine(self.start - timedelta(days=1), time(2))
        names = iter(AGENTS.split())
        for number, name in enumerate(GROUPS, start=1):
            group_id = 7000 + number
            self.desk.groups.append(
                {
                    "id": group_id,
                    "name": name,
                    "description": "",
                    "deleted": False,
                    "is_public": True,
                    "default": number == 1,
                    "created_at": _iso(opened),
                    "updated_at": _iso(opened),
                }
            )
            self.agents[group_id] = []
            for _ in range(4):
                agent_id = 800001 + sum(map(len, self.agents.values()))
                self.agents[group_id].append(agent_id)
                self.desk.users.append(
                    self.user(
                        agent_id,
                        next(names).replace("-", " "),
                        f"agent{agent_id}@bookshop.example",
                        None,
                        opened,
                        "agent",
                    )
                    | {"default_group_id": group_id}
                )

    def user(self, user_id: int, name: str, email: str | None, phone: str | None, moment: datetime, role: str) -> dict:
        return {
            "id": user_id,
            "name": name,
            "email": email,
            "phone": phone,
            "role": role,
            "created_at": _iso(moment),
            "updated_at": _iso(moment),
            "organization_id": None,
            "external_id": None,
            "time_zone": "Beijing",
            "locale": "zh-CN",
            "verified": True,
            "suspended": False,
            "active": True,
            "default_group_id": None,
            "tags": [],
            "user_fields": {},
        }

    def end_user(self, person: Person, moment: datetime) -> dict:
        """The helpdesk's own record of a person: made at the first ticket, and sometimes again, from another mailbox
        or a call."""
        random, known = self.random, self.users[person.person_id]
        if known and random.random() < 0.94:
            return random.choice(known)
        by_phone = random.random() < 0.25
        email = None if by_phone else person.emails[-1 if random.random() < 0.3 else 0]
        phone = person.phones[0] if by_phone or random.random() < 0.35 else None
        user_id = 900001 + sum(map(len, self.users.values()))
        row = self.user(
            user_id,
            written_name(random, person),
            written_email(random, email).strip() if email else None,
            written_phone(random, phone) if phone else None,
            moment,
            "end-user",
        )
        cards = [card for card in self.cards[person.person_id] if card["joined_on"] <= moment.date()]
        shown: set[str] = set()
        if cards and random.random() < 0.35:
            row["external_id"] = random.choice(cards)[random.choice(["card_number", "card_number", "member_id"])]
            shown = {row["external_id"]}
        if not email:
            self.desk.planted.add("helpdesk user without an e-mail", "helpdesk", "users", "loaded", str(user_id))
        known.append(row)
        self.desk.users.append(row)
        self.desk.records.append(
            SourceRecord(
                "helpdesk", "users", str(user_id), person.person_id, emails={email}, phones={phone}, cards=shown
            )
        )
        return row

    def make_tickets(self, count: int) -> None:
        random = self.random
        days = [self.start + timedelta(days=number) for number in range((self.until - self.start).days + 1)]
        chosen = sorted(
            days + random.choices(days, [1 + index / 1500 for index in range(len(days))], k=max(0, count - len(days)))
        )
        newcomers = sorted((person.active_from, person.person_id, person) for person in self.people)
        present, next_in = [], 0
        for number, day in enumerate(chosen, start=1):
            while next_in < len(newcomers) and newcomers[next_in][0] <= day:
                present.append(newcomers[next_in][2])
                next_in += 1
            order = None
            recent = self.by_day.get(day - timedelta(days=random.randint(1, 12)))
            if recent and random.random() < 0.7:
                order = random.choice(recent)
            person = order.person if order else random.choice(present)
            opened_at = datetime.combine(day, time(random.randrange(24), random.randrange(60), random.randrange(60)))
            self.live(number, person, order, opened_at)
        self.desk.ticket_events.sort(key=lambda event: (event["timestamp"], event["id"]))

    def live(self, number: int, person: Person, order, opened_at: datetime) -> None:
        """One ticket from its first line to the day it is closed, or to the end of what is known."""
        random = self.random
        requester = self.end_user(person, opened_at)
        subject, text, group = random.choice(TOPICS)
        ticket = _Ticket(number, requester["id"], self.desk.groups[group]["id"], opened_at)
        channel = random.choice(["email", "web", "voice", "chat"])
        priority = random.choice([None, "low", "normal", "normal", "high", "urgent"])
        order_number = order.order_id if order else None
        if order_number and random.random() < 0.05:
            order_number = random.choice([order_number.lower(), f"#{order_number}", slip(random, order_number)])
            self.desk.planted.add("order number written another way", "helpdesk", "tickets", "loaded", str(number))
        first = [
            {"event_type": "Create", "subject": subject},
            {"event_type": "Create", "status": "new"},
            {"event_type": "Create", "priority": priority},
            {"event_type": "Create", "group_id": ticket.group_id},
            {"event_type": "Create", "requester_id": requester["id"]},
        ]
        if order_number:
            first.append({"event_type": "Create", "custom_ticket_fields": {str(ORDER_FIELD): order_number}})
        self.audit(ticket, requester["id"], [*first, self.comment(requester["id"], text)], channel)
        score = self.work(ticket)
        last = ticket.now
        self.desk.tickets.append(
            {
                "id": number,
                "url": f"/api/v2/tickets/{number}.json",
                "external_id": None,
                "via": {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}},
                "created_at": _iso(opened_at),
                "updated_at": _iso(last),
                "generated_timestamp": _seconds(last),
                "type": random.choice(["question", "problem", "incident", None]),
                "subject": subject,
                "description": text,
                "priority": priority,
                "status": ticket.status,
                "requester_id": requester["id"],
                "submitter_id": requester["id"],
                "assignee_id": ticket.assignee_id,
                "organization_id": None,
                "group_id": ticket.group_id,
                "due_at": None,
                "tags": [subject.lower().replace(" ", "_")],
                "custom_fields": [
                    {"id": ORDER_FIELD, "value": order_number},
                    {"id": PROMISE_FIELD, "value": ticket.promised},
                ],
                "satisfaction_rating": {"score": score},
            }
        )

    def audit(self, ticket: _Ticket, updater_id: int, children: list[dict], channel: str = "web") -> None:
        events = self.desk.ticket_events
        event_id = 5_000_000_000 + 100 * len(events)
        events.append(
            {
                "id": event_id,
                "ticket_id": ticket.id,
                "timestamp": _seconds(ticket.now),
                "created_at": _iso(ticket.now),
                "updater_id": updater_id,
                "via": {"channel": channel},
                "system": {"client": "", "location": "", "latitude": None, "longitude": None},
                "event_type": "Audit",
                "child_events": [
                    {"id": event_id + nth, "via": {"channel": channel}, **child}
                    for nth, child in enumerate(children, start=1)
                ],
            }
        )

    @staticmethod
    def comment(author_id: int, body: str, *, public: bool = True) -> dict:
        return {
            "event_type": "Comment",
            "type": "Comment",
            "author_id": author_id,
            "body": body,
            "html_body": f'<div class="zd-comment"><p dir="auto">{body}</p></div>',
            "public": public,
            "attachments": [],
        }

    def later(self, ticket: _Ticket, low: int, high: int) -> bool:
        """Let minutes go by; False when that is after the end of what is known, and nothing has happened."""
        moment = ticket.now + timedelta(minutes=self.random.randint(low, high), seconds=self.random.randrange(60))
        if moment > self.end:
            return False
        ticket.now = moment
        return True

    def change(self, ticket: _Ticket, name: str, value: object) -> dict:
        before = getattr(ticket, name)
        setattr(ticket, name, value)
        return {"event_type": "Change", name: value, "previous_value": before}

    def reply(self, ticket: _Ticket, status: str | None = None) -> None:
        """The assignee writes to the customer."""
        children = [self.comment(ticket.assignee_id, self.random.choice(PUBLIC_REPLIES))]
        if status and status != ticket.status:
            children.append(self.change(ticket, "status", status))
        self.audit(ticket, ticket.assignee_id, children)
        self.desk.public_replies[str(ticket.id)].append(ticket.now)

    def work(self, ticket: _Ticket) -> str:
        """Assign, hand on, answer, promise, solve, perhaps reopen. Returns the ticket's satisfaction score."""
        random = self.random
        if not self.later(ticket, 2, 180):
            return "unoffered"
        agent = random.choice(self.agents[ticket.group_id])
        self.audit(ticket, agent, [self.change(ticket, "assignee_id", agent), self.change(ticket, "status", "open")])
        while random.random() < 0.18 and self.later(ticket, 10, 400):
            self.hand_on(ticket)
        if not self.later(ticket, 5, 900):
            return "unoffered"
        self.reply(ticket, "pending" if random.random() < 0.5 else None)
        if random.random() < (0.8 if self.is_recent(ticket) else 0.25):
            self.promise(ticket)
        if random.random() < 0.04 or not self.later(ticket, 30, 4000):
            return "unoffered"  # some are left lying
        self.reply(ticket, "solved")
        if random.random() < 0.1 and self.later(ticket, 60, 3000):
            again = self.comment(ticket.requester_id, "It is still not right.")
            self.audit(ticket, ticket.requester_id, [again, self.change(ticket, "status", "open")])
            if not self.later(ticket, 60, 3000):
                return "unoffered"
            self.reply(ticket, "solved")
        score = self.rate(ticket)
        if self.later(ticket, 4 * 1440, 4 * 1440 + 60):
            self.audit(ticket, -1, [self.change(ticket, "status", "closed")], "rule")
        return score

    def hand_on(self, ticket: _Ticket) -> None:
        random, before = self.random, ticket.assignee_id
        children = []
        if random.random() < 0.5:
            children.append(
                self.change(
                    ticket, "group_id", random.choice([group for group in self.agents if group != ticket.group_id])
                )
            )
        agent = random.choice([agent for agent in self.agents[ticket.group_id] if agent != before])
        children.append(self.change(ticket, "assignee_id", agent))
        if random.random() < 0.5:
            children.append(self.comment(before, "Please take this one over.", public=False))
        self.audit(ticket, before, children)

    def is_recent(self, ticket: _Ticket) -> bool:
        """In the last days more is promised, and for later, so that some promises are still open at the end."""
        return self.end - ticket.now < timedelta(days=4)

    def promise(self, ticket: _Ticket) -> None:
        """A follow-up time is set; then it is kept, or only noted inside, or the customer has to ask."""
        random = self.random
        if not self.later(ticket, 1, 60):
            return
        due_at = (
            ticket.now + timedelta(hours=random.choice([72, 168] if self.is_recent(ticket) else [4, 24, 48, 72]))
        ).replace(minute=0, second=0)
        promised = {
            "event_type": "Change",
            "custom_ticket_fields": {str(PROMISE_FIELD): _iso(due_at)},
            "previous_value": ticket.promised,
        }
        ticket.promised = _iso(due_at)
        self.audit(ticket, ticket.assignee_id, [promised])
        self.desk.promises.append(Promise(str(ticket.id), str(ticket.assignee_id), ticket.now, due_at))
        minutes = int((due_at - ticket.now).total_seconds() // 60)
        if random.random() < 0.68:
            if self.later(ticket, 1, minutes - 1):
                self.reply(ticket)
        else:
            if random.random() < 0.5 and self.later(ticket, 1, minutes // 2):
                note = self.comment(ticket.assignee_id, "Called the carrier, nobody answers.", public=False)
                self.audit(ticket, ticket.assignee_id, [note])
            wait = int((due_at - ticket.now).total_seconds() // 60) + 1
            if not self.later(ticket, wait, wait + 2000):
                return
            self.audit(
                ticket, ticket.requester_id, [self.comment(ticket.requester_id, "You said you would call back?")]
            )
        if random.random() < 0.12:
            self.promise(ticket)

    def rate(self, ticket: _Ticket) -> str:
        random, roll = self.random, self.random.random()
        if roll > 0.6:
            return "unoffered"
        score = "offered" if roll > 0.38 else "good" if roll > 0.09 else "bad"
        created_at = min(self.end, ticket.now + timedelta(minutes=random.randint(1, 900)))
        rows = self.desk.satisfaction_ratings
        rows.append(
            {
                "id": 3_000_001 + len(rows),
                "ticket_id": ticket.id,
                "requester_id": ticket.requester_id,
                "assignee_id": ticket.assignee_id,
                "group_id": ticket.group_id,
                "score": score,
                "comment": random.choice([None, "谢谢", "Slow."]) if score != "offered" else None,
                "reason": "The issue took too long to resolve" if score == "bad" else None,
                "created_at": _iso(created_at),
                "updated_at": _iso(created_at),
            }
        )
        return score
