"""When promises fall due, in the local time and the working days of Asia/Shanghai as the seeds have them."""

from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from customer360.promises.due import WorkingCalendar, due_at
from customer360.promises.reader import read
from customer360.promises.timetable import calendar_of_seeds

SHANGHAI = calendar_of_seeds(Path(__file__).parents[2] / "dbt_project" / "seeds")
TUESDAY = "2026-09-08 10:00"


def local_due(said, at, calendar=SHANGHAI, zone="Asia/Shanghai"):
    (statement,) = read(said)
    assert statement.kind == "promise"
    zone = ZoneInfo(zone)
    moment = datetime.fromisoformat(at).replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    due = due_at(statement.expression, moment, calendar)
    return due and due.replace(tzinfo=UTC).astimezone(zone).strftime("%Y-%m-%d %H:%M:%S")


@pytest.mark.parametrize(
    ("time", "at", "due"),
    [
        ("within 45 minutes", TUESDAY, "2026-09-08 10:45:00"),
        ("in an hour and a half", TUESDAY, "2026-09-08 11:30:00"),
        ("within 24 hours", "2026-09-08 10:00:30", "2026-09-09 10:00:30"),
        ("within 3 days", TUESDAY, "2026-09-11 23:59:59"),
        ("within 3 days", "2026-09-08 23:59", "2026-09-11 23:59:59"),
        ("within 3 working days", "2026-09-09 10:00", "2026-09-14 23:59:59"),
        ("within 1 working day", "2026-09-18 10:00", "2026-09-20 23:59:59"),  # a Sunday that is worked
        ("within 1 working day", "2026-09-30 10:00", "2026-10-08 23:59:59"),  # after the holidays
        ("on the next business day", "2026-09-12 10:00", "2026-09-14 23:59:59"),
        ("today", TUESDAY, "2026-09-08 23:59:59"),
        ("by EOD", TUESDAY, "2026-09-08 23:59:59"),
        ("by close of business", TUESDAY, "2026-09-08 18:00:00"),
        ("by close of business", "2026-09-08 18:00", "2026-09-09 18:00:00"),
        ("by close of business", "2026-09-12 10:00", "2026-09-14 18:00:00"),
        ("by close of business Friday", TUESDAY, "2026-09-11 18:00:00"),
        ("tomorrow", TUESDAY, "2026-09-09 23:59:59"),
        ("tomorrow morning", TUESDAY, "2026-09-09 12:00:00"),
        ("tomorrow afternoon", TUESDAY, "2026-09-09 18:00:00"),
        ("tonight", TUESDAY, "2026-09-08 23:59:59"),
        ("by 5 pm", TUESDAY, "2026-09-08 17:00:00"),
        ("by 5 pm", "2026-09-08 17:00", "2026-09-09 17:00:00"),
        ("by 12 am", TUESDAY, "2026-09-09 00:00:00"),
        ("by midnight", TUESDAY, "2026-09-08 23:59:59"),
        ("by Tuesday", TUESDAY, "2026-09-08 23:59:59"),
        ("by Monday", TUESDAY, "2026-09-14 23:59:59"),
        ("by this Monday", TUESDAY, "2026-09-07 23:59:59"),
        ("by next Monday", TUESDAY, "2026-09-14 23:59:59"),
        ("next Sunday", "2026-09-13 10:00", "2026-09-20 23:59:59"),
        ("this week", TUESDAY, "2026-09-13 23:59:59"),
        ("by the end of next week", TUESDAY, "2026-09-20 23:59:59"),
        ("by the end of the month", TUESDAY, "2026-09-30 23:59:59"),
        ("by the end of December", TUESDAY, "2026-12-31 23:59:59"),
        ("by 5 September", TUESDAY, "2027-09-05 23:59:59"),
        ("by 8 September", TUESDAY, "2026-09-08 23:59:59"),
        ("by 29 February", TUESDAY, "2028-02-29 23:59:59"),
        ("by the 31st", TUESDAY, "2026-10-31 23:59:59"),
        ("by 2026-09-18", TUESDAY, "2026-09-18 23:59:59"),
        ("by 31 February", TUESDAY, None),
        ("by 2027-02-29", TUESDAY, None),
        ("by 25:00", TUESDAY, None),
        ("by 13 pm", TUESDAY, "2026-09-08 13:00:00"),
        ("by 13 am", TUESDAY, None),
    ],
)
def test_english(time, at, due):
    assert local_due(f"We will reply {time}.", at) == due


@pytest.mark.parametrize(
    ("time", "at", "due"),
    [
        ("半小时内", TUESDAY, "2026-09-08 10:30:00"),
        ("二十四小时内", TUESDAY, "2026-09-09 10:00:00"),
        ("两天内", TUESDAY, "2026-09-10 23:59:59"),
        ("３個工作日內", TUESDAY, "2026-09-11 23:59:59"),
        ("今天", TUESDAY, "2026-09-08 23:59:59"),
        ("明天上午", TUESDAY, "2026-09-09 12:00:00"),
        ("下午", TUESDAY, "2026-09-08 18:00:00"),
        ("下午三点半", TUESDAY, "2026-09-08 15:30:00"),
        ("十点", "2026-09-08 10:30", "2026-09-09 10:00:00"),
        ("今晚八点", TUESDAY, "2026-09-08 20:00:00"),
        ("下班前", "2026-09-08 18:30", "2026-09-09 18:00:00"),
        ("周二前", TUESDAY, "2026-09-08 23:59:59"),
        ("周一前", TUESDAY, "2026-09-14 23:59:59"),
        ("本周一", TUESDAY, "2026-09-07 23:59:59"),
        ("下周二之前", TUESDAY, "2026-09-15 23:59:59"),
        ("下周内", TUESDAY, "2026-09-20 23:59:59"),
        ("月底前", TUESDAY, "2026-09-30 23:59:59"),
        ("下月底", TUESDAY, "2026-10-31 23:59:59"),
        ("九月十五日前", TUESDAY, "2026-09-15 23:59:59"),
        ("2月31日前", TUESDAY, None),
        ("25:00", TUESDAY, None),
    ],
)
def test_chinese(time, at, due):
    assert local_due(f"我们会在{time}回复您。", at) == due


def test_summer_time_keeps_the_end_of_the_local_day():
    berlin = WorkingCalendar(((date(2000, 1, 1), ZoneInfo("Europe/Berlin")),), (), ())
    assert local_due("We will reply tomorrow.", "2026-03-28 10:00", berlin, "Europe/Berlin") == "2026-03-29 23:59:59"
    assert local_due("We will reply within 24 hours.", "2026-03-28 10:00", berlin, "Europe/Berlin") == (
        "2026-03-29 11:00:00"
    )


def test_a_timetable_that_ends_gives_no_working_day():
    nobody_works = WorkingCalendar((), (), ())
    assert local_due("We will reply within 2 working days.", TUESDAY, nobody_works) is None
    assert local_due("We will reply by close of business.", TUESDAY, nobody_works) is None
