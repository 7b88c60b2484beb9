"""What is learned from counts: it finds what did not come, by the chance that counts have, and is calm at the rest."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from customer360.completeness import (
    ExpectFreshRecords,
    ExpectSourceNotShrunk,
    ExpectUsualFigures,
    ExpectUsualFiles,
    ExpectUsualFill,
    ExpectUsualHours,
    ExpectUsualParts,
    ExpectUsualRows,
    ExpectValuesKept,
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


def test_a_gap_that_came_before_is_chance_or_habit():
    given = facts(company(400))
    last, before = (given["days"][number]["day"] for number in (-1, -15))  # two Sundays
    for row in given["hours"]:
        if row["day"] in (last, before) and 11 <= row["hour"] < 13:
            row["rows"] = 0
    assert alarms(HOURS, given) == []


def lines_of_orders(orders_a_day: float, dice: np.random.Generator, *, days: int = 60) -> np.ndarray:
    """Rows by day and hour of a table whose rows come in clumps: one to four lines, nine in ten after nine."""
    hours = np.array([1] * 7 + [7, 8] + [22] * 15) / 352
    grid = np.zeros((days, 24), dtype=int)
    for day in range(days):
        placed = dice.choice(24, size=dice.poisson(orders_a_day), p=hours)
        np.add.at(grid[day], placed, dice.choice([1, 1, 2, 2, 3, 4], size=len(placed)))
    return grid


def facts_by_hour(grid: np.ndarray) -> dict:
    given = facts(grid.sum(axis=1))
    day = {number: (FIRST + timedelta(days=number)).isoformat() for number in range(len(grid))}
    given["hours"] = [{"day": day[n], "hour": int(hour), "rows": int(grid[n, hour])} for n, hour in np.argwhere(grid)]
    return given


def test_of_a_quiet_table_a_few_early_orders_do_not_make_the_rest_of_the_day_a_gap():
    for seed in range(40):
        grid = lines_of_orders(8, np.random.default_rng(seed))
        grid[-1] = 0
        grid[-1, [7, 8, 15]] = 3, 4, 1
        assert alarms(HOURS, facts_by_hour(grid)) == []


def test_of_a_table_that_comes_in_clumps_a_real_gap_is_found_all_the_same():
    for seed in range(10):
        grid = lines_of_orders(100, np.random.default_rng(seed))
        grid[-1, 12:16] = 0
        assert len(alarms(HOURS, facts_by_hour(grid))) == 1


def test_a_rush_in_the_other_hours_is_no_gap():
    given = facts(company(400))
    last = given["days"][-1]["day"]
    for row in given["hours"]:
        if row["day"] == last:
            row["rows"] = int(row["rows"] * (0.7 if 11 <= row["hour"] < 13 else 10))
    assert alarms(HOURS, given) == []


def test_on_a_holiday_hours_may_stay_without_rows():
    given = facts(company(400), holidays={83: 0.3})
    for row in given["hours"]:
        if row["day"] == given["days"][-1]["day"] and 11 <= row["hour"] < 13:
            row["rows"] = 0
    assert alarms(HOURS, given) == []


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
    dice = np.random.default_rng(5)
    totals = np.full(40, 18)
    counts = dice.binomial(totals, 0.5)  # 40 days tell little of how much more they differ
    learned, largest = (chance.spread_of_shares(counts, totals, 0.5, sure=sure) for sure in (0.5, 0.99))
    assert largest > learned + 0.02


def test_how_late_a_file_may_be_is_not_learned_from_the_first_pull():
    days = [FIRST + timedelta(days=n) for n in range(46)]
    expectation = ExpectUsualFiles(table="membership_activities")

    def missing(daily_pulls: int) -> list[str]:
        """The last file did not come; the first pull found what came until so many days before it."""
        first_pull = days[-2 - daily_pulls]
        files = [{"path": f"activities_{day}.jsonl", "came": str(max(day, first_pull))} for day in days[:-1]]
        return alarms(expectation, {"as_of": str(days[-1]), "files": files})

    assert missing(daily_pulls=5) != []  # the first pull found files of days ago: they were not late
    assert missing(daily_pulls=2) == []  # too few to tell how late a file usually is


def parts(web: int, app: int) -> dict:
    """60 days of orders, half of them by web and half by app, and a last day."""
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(60)]
    rows = [(100, 100)] * 59 + [(web, app)]
    return {
        "due": f"{FIRST + timedelta(days=60)} 00:00:00",
        "days": [{"_day": day, "_is_fresh": True, "_rows": sum(row)} for day, row in zip(days, rows, strict=True)],
        "parts": [
            {"name": "channel", "value": value, "day": day, "fresh": True, "rows": count}
            for day, row in zip(days, rows, strict=True)
            for value, count in zip(("web", "app"), row, strict=True)
        ],
    }


def test_a_value_without_its_share_is_named_and_a_sale_in_another_one_is_no_alarm():
    expectation = ExpectUsualParts(table="shop_orders", day="ordered_at")
    assert alarms(expectation, parts(95, 104)) == []
    assert alarms(expectation, parts(600, 100)) == []
    assert alarms(expectation, parts(200, 0)) == ["rows of 2026-04-02 with channel app"]


def figures(change: dict) -> dict:
    usual_day = {"_is_fresh": True, "_rows": 100, "ids go on": 100, "doubled": 0,
                 "size total_amount": 40.0, "filled total_amount": 100, "values total_amount": 95,
                 "length subject": 40.0, "filled subject": 100, "values subject": 90,
                 "hours paid_at": 1.0, "filled paid_at": 90, "values paid_at": 90}  # fmt: skip
    days = [usual_day | {"_day": (FIRST + timedelta(days=n)).isoformat()} for n in range(60)]
    days[-1] |= change
    return {"due": f"{FIRST + timedelta(days=60)} 00:00:00", "days": days}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"size total_amount": 60.0}, None),
        ({"size total_amount": 4000.0}, "median total_amount"),
        ({"length subject": 8.0}, "length of subject"),
        ({"hours paid_at": 9.0}, "hours from ordered_at to paid_at"),
        ({"values total_amount": 1}, "different values of total_amount"),
        ({"doubled": 50}, "under another id"),
        ({"ids go on": 0}, "above all earlier ones"),
    ],
)
def test_another_unit_a_cut_text_another_clock_doubled_rows_and_ids_are_named(change, named):
    found = alarms(ExpectUsualFigures(table="shop_orders", day="ordered_at"), figures(change))
    assert (found == []) if named is None else (len(found) == 1 and named in found[0])


def test_a_source_that_counts_fewer_records_than_before_is_named():
    expectation = ExpectSourceNotShrunk(table="shop_products")
    assert alarms(expectation, {"counts": [60, 60, 61, 61, 62]}) == []
    assert alarms(expectation, {"counts": [60, 60, 61, 61, 31]}) != []
    assert alarms(expectation, {"counts": [900, 800, 910, 820, 730]}) == []  # one that goes up and down


def test_records_that_lost_a_value_or_came_in_another_unit_are_named():
    expectation = ExpectValuesKept(table="shop_products")

    def changed(kind: str, count: int) -> list[str]:
        return alarms(
            expectation,
            {"day": "2026-04-02", "columns": [{"name": "unit_cost", "kind": kind, "rows": 60, "changed": count}]},
        )

    assert changed("lost", 3) == []
    assert changed("lost", 60) == ["of the records changed on 2026-04-02, those that lost their unit_cost"]
    assert changed("jumped", 60) != []
