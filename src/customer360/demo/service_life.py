"""What else happens to a ticket between the steps of its ordinary course.

The customer writes again, or hears a time that is then forgotten; the ticket waits for the publisher, changes hands,
becomes urgent. Whatever has no words yet is given some here. Each ticket has a stream of chance of its own, so that
one story does not reshuffle the others.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from customer360.demo import words
from customer360.demo.ticket_log import HOLDER, SYSTEM, Audit, TicketLog, change, comment, promise_field, tags
from customer360.demo.words import Said
from customer360.demo.working_time import WorkingTime

DELETED_AGENT = 800099  # held tickets, and is in no list of users any more
DELETED_ON = date(2025, 9, 1)
PRIORITIES = ("low", "normal", "high", "urgent")
PROMISE_TAGS = ("callback_2h", "reply_24h", "reply_1_working_day", "refund_3_working_days")
CUSTOMER_WORDS = (
    "Any news?",
    "I have told you all of this already.",
    "I am still waiting for an answer.",
    "Here is the photo you asked for.",
    "有进展了吗？",
    "我已经说过一遍了。",
    "请尽快回复。",
    "还是没有收到。",
)
NOTES = ("Called the warehouse.", "The publisher has none left.", "已经联系快递。", "Asked the school office.")
AFTER_DAYS = 6  # so long after the last step of its course something may still happen to an open ticket


@dataclass
class Service:
    """Who works in the helpdesk, and for how long it is known."""

    agents: dict[int, list[int]]  # group → its agents
    work: WorkingTime
    end: datetime


class Life:
    """One ticket: `live` takes its ordinary course and returns the whole log."""

    def __init__(self, random: Random, service: Service, log: TicketLog, colleague_id: int | None) -> None:
        self.random, self.service, self.log, self.colleague_id = random, service, log, colleague_id
        self.now = self.until = log.opened_at

    def live(self, course: list[Audit]) -> TicketLog:
        for nth, step in enumerate(course):
            for part in step.parts:
                if part.get("public") and part["author_id"] == HOLDER:
                    part["said"] = self.words_at(step, part["said"])
                    # Some think they wrote to the customer, and wrote inside.
                    part["public"] = _solves(step) or self.random.random() > 0.12
            self.log.do(step)
            is_last = nth + 1 == len(course)
            self.now = step.moment
            self.until = (
                min(self.service.end, step.moment + timedelta(days=AFTER_DAYS)) if is_last else course[nth + 1].moment
            )
            self.meanwhile()
        return self.log

    def words_at(self, step: Audit, otherwise: Said) -> Said:
        """What the agent says there: a promise, a put-off, or anything else."""
        roll = self.random.random()
        if _solves(step):
            return Said(self.random.choice(words.SOLVED), "other") if roll < 0.9 else words.vague(self.random)
        if roll < 0.16:
            return words.promise(self.random, step.moment, self.service.work)
        return words.vague(self.random) if roll < 0.3 else words.other(self.random) if roll < 0.8 else otherwise

    def meanwhile(self) -> None:
        if self.log.status == "closed":
            return
        for chance, scene in self.scenes():
            if self.random.random() < chance:
                scene()

    def scenes(self) -> list[tuple[float, Callable[[], None]]]:
        if self.log.status == "solved":
            return [(0.04, self.comes_back), (0.05, self.thanks)]
        if self.log.last_holder is None:
            return [(0.1, self.machine_answers), (0.12, self.customer_writes), (0.05, self.priority_changes)]
        return [
            (0.03, self.complains),
            (0.10, self.changes_hands),
            (0.5 if self.is_recent else 0.05, self.promise_by_words),
            (0.03, self.promise_by_tag),
            (0.13, self.customer_writes),
            (0.05, self.helper_writes),
            (0.07, self.waits_for_others),
            (0.05, self.asks_back),
            (0.07, self.priority_changes),
            (0.02, self.colleague_writes),
            (0.02, self.customer_writes),
            (0.004, self.promise_of_the_past),
        ]

    @property
    def is_recent(self) -> bool:
        """In the last days more is promised, so that some promises are still open at the end."""
        return self.service.end - self.now < timedelta(days=4)

    def later(self, share: float = 0.5, most_hours: float = 40) -> bool:
        """Let some time go by; False when there is hardly any before the next step."""
        room = min((self.until - self.now).total_seconds() * share, most_hours * 3600)
        if room < 60:
            return False
        self.now += timedelta(seconds=self.random.randint(20, int(room)))
        return True

    def do(self, who: int | str | None, *parts: dict, is_numbered_early: bool = False) -> None:
        self.log.do(Audit(self.now, who, list(parts), is_numbered_early=is_numbered_early))

    def from_customer(self, *parts: dict, said: str | None = None) -> None:
        """The customer writes; what waited for them, or was done, is open again."""
        customer = self.log.requester_id
        reopened = [change("status", "open")] if self.log.status in ("pending", "hold", "solved") else []
        self.do(customer, comment(customer, said or self.random.choice(CUSTOMER_WORDS)), *reopened, *parts)

    def customer_writes(self) -> None:
        for _ in range(self.random.choices([1, 2], [8, 2])[0]):
            if self.later():
                self.from_customer()
        if self.random.random() < 0.45 and self.later():
            self.answer()

    def answer(self) -> None:
        if self.log.last_holder:
            said = self.words_at(Audit(self.now, HOLDER, []), words.other(self.random))
            self.do(HOLDER, comment(HOLDER, said))

    def machine_answers(self) -> None:
        if self.later(0.05, 0.05):
            self.do(SYSTEM, comment(SYSTEM, "We have received your request. This message was written by a machine."))

    def priority_changes(self) -> None:
        if self.later():
            who = SYSTEM if self.log.last_holder is None or self.random.random() < 0.3 else HOLDER
            self.do(who, change("priority", self.random.choice(PRIORITIES)))

    def waits_for_others(self) -> None:
        if self.later():
            note = [comment(HOLDER, self.random.choice(NOTES), public=False)] if self.random.random() < 0.6 else []
            self.do(HOLDER, change("status", "hold"), *note)
            if self.random.random() < 0.7 and self.later(0.8, 90):
                self.do(HOLDER, change("status", "open"))

    def asks_back(self) -> None:
        if self.later():
            self.do(HOLDER, comment(HOLDER, self.random.choice(words.ASKED)), change("status", "pending"))
            if self.random.random() < 0.6 and self.later():
                self.from_customer()

    def helper_writes(self) -> None:
        """Somebody else of the team steps in, for the customer to read or inside."""
        helper = self.random.choice(self.service.agents[self.log.state["group_id"]])
        if self.later():
            public = self.random.random() < 0.6
            self.do(helper, comment(helper, words.other(self.random) if public else "Seen it.", public=public))

    def colleague_writes(self) -> None:
        if self.colleague_id and self.later():
            self.do(self.colleague_id, comment(self.colleague_id, "I am in copy: it is for both of us."))

    def complains(self) -> None:
        if self.later():
            self.from_customer(said=self.random.choice(["I want to complain about this.", "我要投诉。"]))
            if self.later(0.3, 5):
                self.do(HOLDER, tags("complaint"))

    def comes_back(self) -> None:
        """A second look: it was not right; mostly it is put right before the ticket is closed."""
        if self.later(0.5, 60):
            self.from_customer(said=self.random.choice(["It happened again.", "问题又出现了。"]))
            if self.random.random() < 0.8 and self.later():
                self.do(HOLDER, comment(HOLDER, self.random.choice(words.SOLVED)), change("status", "solved"))

    def thanks(self) -> None:
        """Thanks do not open a solved ticket again: a rule of the helpdesk catches them."""
        if self.later():
            customer = self.log.requester_id
            self.do(customer, comment(customer, self.random.choice(["Thank you!", "谢谢"])))

    # Promises

    def promise_by_words(self) -> None:
        """Said to the customer; often also put into the field, at once, within the hour, or much later."""
        if not self.later(0.3):
            return
        said = words.promise(self.random, self.now, self.service.work)
        roll, noted = self.random.random(), promise_field(said.due_at)
        self.do(HOLDER, comment(HOLDER, said), *([noted] if roll < 0.3 else []))
        if (0.3 <= roll < 0.5 and self.waits(5, 50)) or (0.5 <= roll < 0.6 and self.waits(61, 150)):
            self.do(HOLDER, noted)
        if self.random.random() < (0.2 if self.is_recent else 0.5) and self.later(0.7):
            self.answer()

    def promise_by_tag(self) -> None:
        if self.later(0.3):
            said = [comment(HOLDER, words.promise(self.random, self.now, self.service.work))]
            self.do(HOLDER, tags(self.random.choice(PROMISE_TAGS)), *(said if self.random.random() < 0.4 else []))
            if self.random.random() < 0.5 and self.later():
                self.answer()

    def promise_of_the_past(self) -> None:
        if self.later():
            self.do(HOLDER, promise_field((self.now - timedelta(hours=self.random.randint(2, 60))).replace(second=0)))

    def waits(self, low: int, high: int) -> bool:
        moment = self.now + timedelta(minutes=self.random.randint(low, high))
        if moment >= self.until:
            return False
        self.now = moment
        return True

    # Changing hands

    def changes_hands(self) -> None:
        if self.later(0.4):
            self.random.choice([self.hand_on, self.hand_on, self.take_over, self.let_go, self.move_group])()

    def other_agent(self, group_id: int) -> int:
        agents = [agent for agent in self.service.agents[group_id] if agent != self.log.last_holder]
        if self.now.date() < DELETED_ON and self.random.random() < 0.12 and self.log.last_holder != DELETED_AGENT:
            return DELETED_AGENT
        return self.random.choice(agents)

    def other_group(self) -> int:
        return self.random.choice([group for group in self.service.agents if group != self.log.state["group_id"]])

    def hand_on(self) -> None:
        """To another agent, of this team or another; now and then at the very second in which the customer writes."""
        group = self.other_group() if self.random.random() < 0.4 else self.log.state["group_id"]
        note = [comment(HOLDER, "Please take over.", public=False)] if self.random.random() < 0.4 else []
        is_same_second = self.random.random() < 0.08
        handed = (change("group_id", group), change("assignee_id", self.other_agent(group)), *note)
        self.do(HOLDER, *handed, is_numbered_early=is_same_second)
        if is_same_second:
            self.from_customer()
        else:
            self.after_hand_over()

    def take_over(self) -> None:
        """A new agent takes it and writes in the same breath: nobody has to repeat anything."""
        agent = self.other_agent(self.log.state["group_id"])
        self.do(agent, change("assignee_id", agent), comment(agent, "I take this one.", public=False))
        self.after_hand_over()

    def let_go(self) -> None:
        """Nobody has it for a while; then another agent, or the same one again."""
        group = [change("group_id", self.other_group())] if self.random.random() < 0.4 else []
        before = self.log.last_holder
        self.do(HOLDER, change("assignee_id", None), *group)
        if self.random.random() < 0.35 and self.later():
            self.from_customer()
        if self.later():
            agent = before if self.random.random() < 0.2 else self.other_agent(self.log.state["group_id"])
            self.do(agent, change("assignee_id", agent))
            self.after_hand_over()

    def move_group(self) -> None:
        self.do(HOLDER, change("group_id", self.other_group()))
        self.after_hand_over()

    def after_hand_over(self) -> None:
        """The customer has to ask again, or the new agent is quicker, or somebody else is."""
        roll = self.random.random()
        if 0.45 <= roll < 0.75 and self.later():
            self.do(self.log.assignee_id or HOLDER, comment(self.log.assignee_id or HOLDER, "Read it.", public=False))
        elif roll >= 0.85:
            self.helper_writes()
        if roll < 0.65 and self.later():
            self.from_customer()


def _solves(step: Audit) -> bool:
    return any(part.get("status") == "solved" for part in step.parts)
