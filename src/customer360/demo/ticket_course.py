"""The ordinary course of a ticket: assigned, handed on, answered, promised, solved, perhaps reopened, rated and closed.

What else happens on the way is told by `service_life`, out of another stream of chance: this one also decides who
writes in, and must not be drawn from more often, or less, than it always was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from customer360.demo.ticket_log import HOLDER, SYSTEM, Audit, change, comment, iso, promise_field

REPLIES = (
    "Thank you for waiting, I have looked into it.",
    "您好，已经为您查询到了。",
    "It is on its way now. Sorry for the trouble!",
)


@dataclass
class Course:
    random: Random
    agents: dict[int, list[int]]  # group → its agents
    end: datetime
    requester_id: int
    group_id: int
    now: datetime
    assignee_id: int | None = None
    status: str = "new"
    steps: list[Audit] = field(default_factory=list)
    rating: dict | None = None

    def run(self) -> str:
        """Fill `steps`, and `rating` where one was asked for. Returns the ticket's satisfaction score."""
        random = self.random
        if not self.later(2, 180):
            return "unoffered"
        agent = random.choice(self.agents[self.group_id])
        self.step(agent, self.assign(agent), self.set_status("open"))
        while random.random() < 0.18 and self.later(10, 400):
            self.hand_on()
        if not self.later(5, 900):
            return "unoffered"
        self.reply("pending" if random.random() < 0.5 else None)
        if random.random() < (0.8 if self.is_recent() else 0.25):
            self.promise()
        if random.random() < 0.04 or not self.later(30, 4000):
            return "unoffered"  # some are left lying
        self.reply("solved")
        if random.random() < 0.1 and self.later(60, 3000):
            again = comment(self.requester_id, "It is still not right.")
            self.step(self.requester_id, again, self.set_status("open"))
            if not self.later(60, 3000):
                return "unoffered"
            self.reply("solved")
        score = self.rate()
        if self.later(4 * 1440, 4 * 1440 + 60):
            self.step(SYSTEM, self.set_status("closed"), channel="rule")
        return score

    def step(self, who: int | str, *parts: dict, channel: str = "web") -> None:
        self.steps.append(Audit(self.now, who, list(parts), channel))

    def later(self, low: int, high: int) -> bool:
        """Let minutes go by; False when that is after the end of what is known, and nothing has happened."""
        moment = self.now + timedelta(minutes=self.random.randint(low, high), seconds=self.random.randrange(60))
        if moment > self.end:
            return False
        self.now = moment
        return True

    def assign(self, agent_id: int) -> dict:
        self.assignee_id = agent_id
        return change("assignee_id", agent_id)

    def set_status(self, status: str) -> dict:
        self.status = status
        return change("status", status)

    def reply(self, status: str | None = None) -> None:
        """The assignee writes to the customer."""
        parts = [comment(HOLDER, self.random.choice(REPLIES))]
        if status and status != self.status:
            parts.append(self.set_status(status))
        self.step(HOLDER, *parts)

    def hand_on(self) -> None:
        random, before = self.random, self.assignee_id
        parts = []
        if random.random() < 0.5:
            self.group_id = random.choice([group for group in self.agents if group != self.group_id])
            parts.append(change("group_id", self.group_id))
        parts.append(self.assign(random.choice([agent for agent in self.agents[self.group_id] if agent != before])))
        if random.random() < 0.5:
            parts.append(comment(HOLDER, "Please take this one over.", public=False))
        self.step(HOLDER, *parts)

    def is_recent(self) -> bool:
        """In the last days more is promised, and for later, so that some promises are still open at the end."""
        return self.end - self.now < timedelta(days=4)

    def promise(self) -> None:
        """A follow-up time is set; then it is kept, or only noted inside, or the customer has to ask."""
        random = self.random
        if not self.later(1, 60):
            return
        due_at = (
            self.now + timedelta(hours=random.choice([72, 168] if self.is_recent() else [4, 24, 48, 72]))
        ).replace(minute=0, second=0)
        self.step(HOLDER, promise_field(due_at))
        minutes = int((due_at - self.now).total_seconds() // 60)
        if random.random() < 0.68:
            if self.later(1, minutes - 1):
                self.reply()
        else:
            if random.random() < 0.5 and self.later(1, minutes // 2):
                self.step(HOLDER, comment(HOLDER, "Called the carrier, nobody answers.", public=False))
            wait = int((due_at - self.now).total_seconds() // 60) + 1
            if not self.later(wait, wait + 2000):
                return
            self.step(self.requester_id, comment(self.requester_id, "You said you would call back?"))
        if random.random() < 0.12:
            self.promise()

    def rate(self) -> str:
        random, roll = self.random, self.random.random()
        if roll > 0.6:
            return "unoffered"
        score = "offered" if roll > 0.38 else "good" if roll > 0.09 else "bad"
        created_at = min(self.end, self.now + timedelta(minutes=random.randint(1, 900)))
        self.rating = {
            "score": score,
            "comment": random.choice([None, "谢谢", "Slow."]) if score != "offered" else None,
            "reason": None,
            "created_at": iso(created_at),
            "updated_at": iso(created_at),
        }
        return score
