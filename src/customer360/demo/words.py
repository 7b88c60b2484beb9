"""What agents write: promises with a time and when they are due, put-offs without one, and everything else.

Due times follow the rules of the docs (local time; a day means its last second; "by" includes the day). The sentences
of OTHER speak of times and promise nothing: what is past, what others will do, what the customer is asked to do.
"""

from __future__ import annotations

import calendar
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from customer360.demo.working_time import DAY, WorkingTime, at, end_of, today

Due = Callable[[datetime, WorkingTime], datetime]
MONTHS = calendar.month_name  # English: nothing here sets a locale


@dataclass(frozen=True)
class Said:
    """Words of an agent. kind: promise, vague or other; `due_at` of a promise; `is_sure` false for "a few"."""

    text: str
    kind: str
    due_at: datetime | None = None
    is_sure: bool = True


def _within(**span: float) -> Due:
    return lambda now, _: now + timedelta(**span)


def _days(number: int) -> Due:
    return lambda now, _: end_of(today(now) + number * DAY)


def _working_days(number: int) -> Due:
    return lambda now, work: end_of(work.working_day_after(today(now), number))


def _on(iso_weekday: int) -> Due:
    """The first such day from today on."""
    return lambda now, _: end_of(today(now) + (iso_weekday - today(now).isoweekday()) % 7 * DAY)


def _weekday_of_week(iso_weekday: int, weeks: int) -> Due:
    """That day of this week, or so many weeks on; a week begins on Monday."""
    return lambda now, _: end_of(today(now) + (iso_weekday - today(now).isoweekday() + 7 * weeks) * DAY)


def _by_clock(hour: int, days: int | None = None) -> Due:
    """That hour of today, or tomorrow where it is past; `days`: of that day."""

    def due(now: datetime, _: WorkingTime) -> datetime:
        moment = at(today(now) + (days or 0) * DAY, hour * 60)
        return moment + DAY if days is None and moment <= now else moment

    return due


def _end_of_month(now: datetime, _: WorkingTime) -> datetime:
    day = today(now)
    return end_of(day.replace(day=calendar.monthrange(day.year, day.month)[1]))


def _closing(now: datetime, work: WorkingTime) -> datetime:
    return work.closing_after(now)


MORNING, AFTERNOON = 12, 18
PROMISES: tuple[tuple[str, Due], ...] = (
    ("We will get back to you within 24 hours.", _within(hours=24)),
    ("I'll reply to you within 2 hours.", _within(hours=2)),
    ("I will call you back in half an hour.", _within(minutes=30)),
    ("I'll write to you again within 45 minutes.", _within(minutes=45)),
    ("I will phone you in a couple of hours.", _within(hours=2)),
    ("We will get back to you in a few hours.", _within(hours=3)),
    ("I will write to you again by Friday.", _on(5)),
    ("I'll have an answer for you on Monday.", _on(1)),
    ("We will send you the invoice by Wednesday.", _on(3)),
    ("We will contact you by next Tuesday.", _weekday_of_week(2, 1)),
    ("We will send the replacement out tomorrow.", _days(1)),
    ("I'll update you tomorrow morning.", _by_clock(MORNING, 1)),
    ("I am going to call you tomorrow afternoon.", _by_clock(AFTERNOON, 1)),
    ("I will let you know this evening.", _days(0)),
    ("We will refund you within 3 working days.", _working_days(3)),
    ("We'll email you within one business day.", _working_days(1)),
    ("We will send you a new copy within two days.", _days(2)),
    ("We will come back to you by the end of the day.", _days(0)),
    ("I'll confirm it by close of business.", _closing),
    ("We will let you know by 5 pm.", _by_clock(17)),
    ("I'll call you by 10 am tomorrow.", _by_clock(10, 1)),
    ("We will ship the new book on {day_en}.", None),
    ("I will answer you by {day_iso}.", None),
    ("We will give you an answer this week.", _weekday_of_week(7, 0)),
    ("We will contact you next week.", _weekday_of_week(7, 1)),
    ("We will refund you by the end of the month.", _end_of_month),
    ("我们会在24小时内回复您。", _within(hours=24)),
    ("我会在两小时内给您答复。", _within(hours=2)),
    ("我半小时内会给您回电。", _within(minutes=30)),
    ("我们将在周五前为您处理好。", _on(5)),
    ("我会在下周三前联系您。", _weekday_of_week(3, 1)),
    ("我们明天上午会给您回复。", _by_clock(MORNING, 1)),
    ("我今天下班前会答复您。", _closing),
    ("我们会在三个工作日内为您退款。", _working_days(3)),
    ("我们今天会为您处理。", _days(0)),
    ("我们明天会为您补发。", _days(1)),
    ("我们会在本周五前给您寄出新书。", _weekday_of_week(5, 0)),
    ("本周内我们会给您答复。", _weekday_of_week(7, 0)),
    ("我们会在月底前给您退款。", _end_of_month),
    ("我们会在{day_zh}前给您答复。", None),
    ("今晚我会给您回复。", _days(0)),
    ("下午三点前我会给您回电。", _by_clock(15)),
    ("我们会在一个工作日内与您联系。", _working_days(1)),
    ("48小时之内我们会为您处理。", _within(hours=48)),
    ("我们会在三天内给您寄出。", _days(3)),
    ("下周一我会再联系您。", _weekday_of_week(1, 1)),
)
VAGUE = (
    "We will look into it and get back to you later.",
    "Someone will be in touch as soon as possible.",
    "I will get back to you shortly.",
    "We will let you know soon.",
    "We will update you in due course.",
    "We'll come back to you when we can.",
    "I will contact you at a later time.",
    "已经为您查询，稍后给您答复。",
    "我们会尽快为您处理。",
    "请您耐心等待，我们会尽快联系您。",
    "晚点给您回电。",
    "过会儿给您回复。",
    "后续会通知您。",
    "回头给您答复。",
    "有消息会第一时间联系您。",
)
OTHER = (
    "Thank you for waiting, I have looked into it.",
    "It is on its way. Sorry for the trouble!",
    "I have changed the address of your order.",
    "Your parcel left our warehouse on Monday.",
    "Could you write to us by Friday which edition you need?",
    "The carrier says it delivers within 3 days.",
    "Your bank usually needs 5 working days.",
    "We refunded the full price today.",
    "Are you at home tomorrow?",
    "The invoice was sent to your school last week.",
    "Your card shows 1,240 points; gold begins at 2,000.",
    "We cannot send it before Friday.",
    "您好，已经为您查询到物流信息。",
    "您好，地址已经改好了。",
    "您的包裹昨天已经寄出。",
    "款项由银行处理，一般需要三个工作日。",
    "请您在周五前把书寄回。",
    "请问您明天在家吗？",
    "发票已经开好并寄出。",
    "非常抱歉给您带来不便。",
)
SOLVED = (
    "It is done. Thank you for your patience!",
    "The refund is on your account.",
    "The new copy has arrived, our system says. Glad we could help.",
    "您的问题已经处理好了，感谢您的理解。",
    "退款已经到账，请您查收。",
)
ASKED = ("Could you send us a photo of it?", "Which edition did you receive?", "请问您的订单号是多少？")
OPENINGS_EN = ("", "", "Sorry for the trouble. ", "Thank you for your message. ", "Hello! ")
OPENINGS_ZH = ("", "您好，", "您好，", "非常抱歉，", "感谢您的来信。")


def is_chinese(text: str) -> bool:
    return any(letter > "⺀" for letter in text)


def promise(random: Random, now: datetime, work: WorkingTime) -> Said:
    """A promise that is due after `now`, whichever words come to the agent's mind."""
    while True:
        text, due = random.choice(PROMISES)
        day = today(now) + random.randint(2, 9) * DAY
        due_at = due(now, work) if due else end_of(day)
        if due_at > now:
            opening = random.choice(OPENINGS_ZH if is_chinese(text) else OPENINGS_EN)
            return Said(opening + _dated(text, day), "promise", due_at, "a few" not in text)


def _dated(text: str, day: date) -> str:
    return text.format(
        day_en=f"{day.day} {MONTHS[day.month]}", day_iso=day.isoformat(), day_zh=f"{day.month}月{day.day}日"
    )


def vague(random: Random) -> Said:
    text = random.choice(VAGUE)
    return Said(random.choice(OPENINGS_ZH if is_chinese(text) else OPENINGS_EN) + text, "vague")


def other(random: Random) -> Said:
    return Said(random.choice(OTHER), "other")
