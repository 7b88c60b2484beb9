"""The helpdesk: agents in groups, the people who write in, their tickets and everything that happened to a ticket.

Records have the shapes of Zendesk's API (`customer360.demo.server` serves them); ids are numbers. Each ticket's
audits are its whole history, so assignment, replies, reopening and promises can all be told from ticket_events alone.
"""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from customer360.demo.membership import Membership
from customer360.demo.metric_sets import metric_set
from customer360.demo.people import Person, slip, written_email, written_name, written_phone
from customer360.demo.service_life import DELETED_AGENT, Life, Service
from customer360.demo.service_oddities import Oddities, Opening
from customer360.demo.shop import Shop
from customer360.demo.ticket_course import Course
from customer360.demo.ticket_log import ORDER_FIELD, PROMISE_FIELD, Audit, TicketLog, comment, iso, seconds
from customer360.demo.truth import Planted, SourceRecord
from customer360.demo.working_time import WorkingTime

Chance = Callable[[str], Random]
FIRST_ID, FIRST_EARLY_ID = 5_000_000_000, 900_000_000  # of events; the early ones are a digit shorter
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


@dataclass
class Helpdesk:
    groups: list[dict] = field(default_factory=list)
    users: list[dict] = field(default_factory=list)
    tickets: list[dict] = field(default_factory=list)
    ticket_events: list[dict] = field(default_factory=list)
    satisfaction_ratings: list[dict] = field(default_factory=list)
    logs: list[TicketLog] = field(default_factory=list)
    order_of: dict[int, str] = field(default_factory=dict)  # ticket → the order number, as it was typed
    records: list[SourceRecord] = field(default_factory=list)
    planted: Planted = field(default_factory=Planted)


def answer_tickets(
    chance: Chance, people: list[Person], shop: Shop, membership: Membership, *, tickets: int, start: date, until: date
) -> Helpdesk:
    """At least one ticket is opened on every day from `start` to `until`. `chance` gives the stream of a name."""
    builder = _Builder(chance, people, shop, membership, start, until)
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


def part(name: str, value: object) -> dict:
    """What a new ticket is created with."""
    return {"event_type": "Create", name: value}


class _Builder:
    def __init__(
        self, chance: Chance, people: list[Person], shop: Shop, membership: Membership, start: date, until: date
    ) -> None:
        self.chance, self.random, self.start, self.until = chance, chance("helpdesk"), start, until
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
        self.service = Service(self.agents, WorkingTime.read(), self.end)
        self.shop = shop
        self.numbered = {FIRST_ID: 0, FIRST_EARLY_ID: 0}  # events that have got their ids

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
                    "created_at": iso(opened),
                    "updated_at": iso(opened),
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
            "created_at": iso(moment),
            "updated_at": iso(moment),
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
        group_id = self.desk.groups[group]["id"]
        channel = random.choice(["email", "web", "voice", "chat"])
        priority = random.choice([None, "low", "normal", "normal", "high", "urgent"])
        order_number = order.order_id if order else None
        if order_number and random.random() < 0.05:
            order_number = random.choice([order_number.lower(), f"#{order_number}", slip(random, order_number)])
            self.desk.planted.add("order number written another way", "helpdesk", "tickets", "loaded", str(number))
        course = Course(random, self.agents, self.end, requester["id"], group_id, opened_at)
        score = course.run()
        kind = random.choice(["question", "problem", "incident", None])

        odd = Oddities(self.chance(f"service oddities {number}"), self.service, self.desk.planted, number)
        opening = odd.opening(Opening(requester["id"], order_number, text), person, opened_at, self.shop)
        log = TicketLog(number, opening.requester_id, opened_at)
        about = [part("subject", subject), part("status", "new"), part("priority", priority)]
        about += [part("group_id", group_id), part("tags", [subject.lower().replace(" ", "_")])]
        if opening.requester_id:
            about.append(part("requester_id", opening.requester_id))
        if opening.order_number:
            self.desk.order_of[number] = opening.order_number
            about.append(part("custom_ticket_fields", {str(ORDER_FIELD): opening.order_number}))
        first = Audit(opened_at, opening.writer_id, [*about, comment(opening.writer_id, opening.text)], channel)
        if opening.requester_id is None:
            for step in course.steps:
                step.forget(requester["id"])
        others = [user["id"] for user in self.desk.users[-3:] if user["role"] == "end-user" and user is not requester]
        life = Life(self.chance(f"service {number}"), self.service, log, others[0] if others else None)
        life.live([first, *course.steps])

        metrics = metric_set(log, {DELETED_AGENT}.union(*self.agents.values()), self.service.work)
        odd.figures(metrics)
        if course.rating:
            course.rating = odd.rating(course.rating)
            score = course.rating["score"]
            self.rate(log, course.rating)
        odd.history(log)
        self.write_down(log)
        last = log.last_moment
        self.desk.tickets.append(
            {
                "id": number,
                "url": f"/api/v2/tickets/{number}.json",
                "external_id": None,
                "via": {"channel": channel, "source": {"from": {}, "to": {}, "rel": None}},
                "created_at": iso(opened_at),
                "updated_at": iso(last),
                "generated_timestamp": seconds(last),
                "type": kind,
                "subject": subject,
                "description": opening.text,
                "priority": log.state["priority"],
                "status": log.status,
                "requester_id": opening.requester_id,
                "submitter_id": opening.writer_id,
                "assignee_id": log.assignee_id,
                "organization_id": None,
                "group_id": log.state["group_id"],
                "due_at": None,
                "tags": log.tags,
                "custom_fields": [
                    {"id": ORDER_FIELD, "value": opening.order_number},
                    {"id": PROMISE_FIELD, "value": log.promised},
                ],
                "satisfaction_rating": {"score": score},
                "metric_set": metrics,
            }
        )

    def rate(self, log: TicketLog, rating: dict) -> None:
        rows = self.desk.satisfaction_ratings
        asked = {"requester_id": log.requester_id, "assignee_id": log.last_holder, "group_id": log.state["group_id"]}
        rows.append({"id": 3_000_001 + len(rows), "ticket_id": log.id, **asked, **rating})

    def write_down(self, log: TicketLog) -> None:
        """Number the events, a copy behind all others, and keep them as the API has them."""
        for audit in log.audits:
            first = FIRST_EARLY_ID if audit.is_numbered_early else FIRST_ID
            audit.id = first + 100 * self.numbered[first]
            self.numbered[first] += 1
            self.desk.ticket_events.append(audit.record(log.id))
        self.desk.logs.append(log)
