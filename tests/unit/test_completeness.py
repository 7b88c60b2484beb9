"""What is learned from counts: it finds what did not come, by the chance that counts have, and is calm at the rest."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from customer360.completeness import (
    ExpectFreshRecords,
    ExpectUsualFiles,
    ExpectUsualFill,
    ExpectUsualHours,
    ExpectUsualRows,
    chance,
    falls_short,
)

FIRST = date(2026, 2, 2)  # a Monday
WEEK = np.array([1.0, 0.95, 1.0, 1.05, 1.2, 1.3, 0.6])


def company(rows_a_day: float, *, days: int = 84, seed: int = 3, noise: float = 0.06) -> np.ndarray:
    dice = np.random.default_rng(seed)
    return dice.poisson(rows_a_day * WEEK[np.arange(days) % 7] * np.maximum(0.3, dice.normal(1, noise, days)))


def facts(rows: np.ndarray, *, holidays: dict[int, float] | None = None, due_hour: int = 0) -> dict:
    day = lambda number: (FIRST + timedelta(days=number)).isoformat()  # noqa: E731
    profile = np.array([0] * 8 + [1] * 12 + [0] * 4) / 12
    hours = [
        {"day": day(n), "hour": hour, "rows": round(value * share)}
        for n, value in enumerate(rows) for hour, share in enumerate(profile) if share
    ]  # fmt: skip
    end = len(rows) - (1 if due_hour else 0)
    return {
        "due": f"{day(end)} {due_hour:02}:00:00",
        "days": [{"day": day(n), "rows": int(value)} for n, value in enumerate(rows) if value],
        "hours": hours,
        "holidays": [{"day": day(n), "share": share} for n, share in (holidays or {}).items()],
    }


def alarms(expectation, given: dict) -> list[str]:
    return [row["what"] for row in expectation.judge(given) if falls_short(row) and not row.get("only_warns")]


ROWS = ExpectUsualRows(table="shop_orders", day="ordered_at")
HOURS = ExpectUsualHours(table="shop_orders", day="ordered_at")


@pytest.mark.parametrize("rows_a_day", [0.5, 2, 12, 300])
def test_ordinary_days_of_quiet_and_busy_tables_are_no_alarm(rows_a_day):
    for seed in range(6):
        rows = company(rows_a_day, days=70 + seed, seed=seed)
        assert alarms(ROWS, facts(rows)) == []


def test_half_of_a_day_is_missing_and_named_with_its_figures():
    rows = company(400)
    rows[-1] //= 2
    (found,) = [row for row in ROWS.judge(facts(rows)) if falls_short(row)][:1]
    assert found["what"] == "rows of Sun 2026-04-26"
    assert found["observed"] == rows[-1]
    assert found["sample_size"] > 60
    assert 0 < found["tolerated"] < found["missing"]


def test_of_a_quiet_table_one_empty_day_is_chance_and_a_silent_week_is_not():
    rows = company(4)
    rows[-1] = 0
    assert alarms(ROWS, facts(rows)) == []
    rows[-7:] = 0
    assert "rows of the 7 days to 2026-04-26" in alarms(ROWS, facts(rows))


def test_a_holiday_may_bring_less_and_an_ordinary_day_may_not():
    rows = company(400)
    rows[-1] = rows[-1] * 0.35
    assert alarms(ROWS, facts(rows, holidays={83: 0.3})) == []
    assert alarms(ROWS, facts(rows)) != []


def test_a_sale_is_a_warning_at_most_and_leaves_no_alarm_behind():
    rows = company(300)
    rows[60:64] *= 3
    for length in range(61, 80):
        assert alarms(ROWS, facts(rows[:length])) == []


def test_a_growing_and_a_shrinking_table_are_no_alarm():
    for slope in (0.006, -0.006):
        rows = (company(400) * (1 + slope) ** np.arange(84)).astype(int)
        for length in range(60, 85, 4):
            assert alarms(ROWS, facts(rows[:length])) == []


def test_a_day_that_is_not_over_is_judged_up_to_now():
    rows = company(400)
    whole = rows.copy()
    given = facts(whole, due_hour=14)
    given["days"][-1]["rows"] = sum(
        r["rows"] for r in given["hours"] if r["day"] == given["days"][-1]["day"] and r["hour"] < 14
    )
    assert alarms(ROWS, given) == []
    for row in given["hours"]:
        if row["day"] == given["days"][-1]["day"] and row["hour"] >= 10:
            row["rows"] = 0
    assert any("until 14:00" in what for what in alarms(ROWS, given))


def test_missing_hours_are_named_although_the_total_may_pass():
    given = facts(company(400))
    assert alarms(HOURS, given) == []
    last = given["days"][-1]["day"]
    for row in given["hours"]:
        if row["day"] == last and 11 <= row["hour"] < 13:
            row["rows"] = 0
    assert alarms(HOURS, given) == [f"rows of {last} from 11:00 to 13:00"]


def fills(today: int, *, fresh_days: int, usual: int = 95, older: int = 95) -> dict:
    days = [
        {"_day": (FIRST + timedelta(days=n)).isoformat(), "_is_fresh": n >= 60 - fresh_days, "_rows": 100,
         "email": usual if n >= 60 - fresh_days else older}
        for n in range(60)
    ]  # fmt: skip
    days[-1]["email"] = today
    return {"due": f"{FIRST + timedelta(days=60)} 00:00:00", "days": days}


def test_a_column_that_came_emptier_than_usual_is_named():
    expectation = ExpectUsualFill(table="shop_customers", day="registered_at")
    assert alarms(expectation, fills(93, fresh_days=20)) == []
    assert any("with email" in what for what in alarms(expectation, fills(40, fresh_days=20)))


def test_a_column_that_fills_up_later_is_not_compared_with_old_records():
    expectation = ExpectUsualFill(table="shop_orders", day="ordered_at")
    assert alarms(expectation, fills(10, fresh_days=5, usual=10, older=99)) == []
    assert alarms(expectation, fills(50, fresh_days=20, usual=50, older=99)) == []


def freshness(gaps: list[int], silent: int) -> list[str]:
    days = [FIRST]
    for gap in gaps:
        days.append(days[-1] + timedelta(days=gap))
    given = {"as_of": str(days[-1] + timedelta(days=silent)), "days": [str(day) for day in days], "holidays": []}
    return alarms(ExpectFreshRecords(table="shop_products"), given)


def test_how_long_silence_may_be_is_learned_from_the_silences_of_the_table():
    assert freshness([30, 31, 30, 31, 30], 40) == []
    assert freshness([30, 31, 30, 31, 30], 90) != []
    assert freshness([1] * 60, 2) == []
    assert freshness([1] * 60, 4) != []
    assert freshness([30, 31], 400) == []  # two silences teach nothing


def test_a_file_that_is_missing_among_daily_files_is_named():
    days = [FIRST + timedelta(days=n) for n in range(40)]
    files = [{"path": f"activities_{day}.jsonl", "came": str(day)} for day in days]
    expectation = ExpectUsualFiles(table="membership_activities")
    assert alarms(expectation, {"as_of": str(days[-1]), "files": files}) == []
    (late,) = alarms(expectation, {"as_of": str(days[-1] + timedelta(days=1)), "files": files})
    assert "missing activities_2026-03-14.jsonl" in late
    (gap,) = alarms(expectation, {"as_of": str(days[-1]), "files": files[:30] + files[31:]})
    assert "missing activities_2026-03-04.jsonl" in gap


def test_the_limits_are_those_of_counts():
    assert chance.fewest(6, 0, 1e-5) == 0
    assert 540 < chance.fewest(650, 0, 1e-5) < 560
    assert chance.fewest(650, 0.02, 1e-5) < 400
    assert chance.most(6, 0, 1e-5) > 15
    assert chance.fewest_of(1000, 0.5, 0.002, 1e-5) < 500 < chance.most_of(1000, 0.5, 0.002, 1e-5)
