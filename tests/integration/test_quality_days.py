"""The rule for missing days on its own: it finds what did not come, and cries wolf at nothing else."""

from __future__ import annotations

import random
from datetime import date, timedelta

import duckdb
import pytest

from customer360.completeness import ExpectNoMissingDays, falls_short

FIRST = date(2025, 1, 6)  # a Monday


def gaps(rows_per_day: list[int], closed: tuple[date, ...] = ()) -> list[str]:
    """What the rule calls missing in a table with so many rows on each day from FIRST."""
    with duckdb.connect() as connection:
        connection.execute("create schema facts; create table facts.closed_days (table_name varchar, closed_on date)")
        for day in closed:
            connection.execute("insert into facts.closed_days values ('visits', ?)", [day])
        days = [(FIRST + timedelta(days=number), rows) for number, rows in enumerate(rows_per_day)]
        connection.execute("create table counts (day date, row_count integer)")
        connection.executemany("insert into counts values (?, ?)", days)
        connection.execute("create table visits as select day::timestamp as came_at from counts, range(row_count)")
        query = ExpectNoMissingDays(table="visits", column="came_at").unexpected_rows_query
        names = ("what", "observed", "expected", "missing", "tolerated")
        found = [
            dict(zip(names, row, strict=True)) for row in connection.execute(query.format(batch="visits")).fetchall()
        ]
    return [comparison["what"] for comparison in found if falls_short(comparison)]


def poisson(mean: float, chance: random.Random) -> int:
    total, number = chance.expovariate(1), 0
    while total < mean:
        total, number = total + chance.expovariate(1), number + 1
    return number


@pytest.mark.parametrize("mean", [0.5, 2, 8, 20, 60])
def test_chance_alone_is_never_a_missing_day(mean):
    chance = random.Random(7)
    for _ in range(3):
        assert gaps([poisson(mean, chance) for _ in range(365)]) == []


def test_a_growing_a_shrinking_and_a_seasonal_company_have_no_missing_days():
    chance = random.Random(7)
    assert gaps([poisson(number / 3, chance) for number in range(365)]) == []
    assert gaps([poisson(20 + (365 - number) / 3, chance) for number in range(365)]) == []
    assert gaps([poisson(90 if 300 < number < 340 else 30, chance) for number in range(365)]) == []


def test_weekends_on_which_it_is_always_closed_are_not_missing():
    assert gaps([0 if number % 7 > 4 else 40 for number in range(200)]) == []


def test_an_empty_day_of_a_busy_shop_is_missing_and_a_thin_one_too():
    days = [40] * 200
    days[100], days[150] = 0, 3
    assert sorted(gaps(days)) == ["2025-04-16", "2025-06-05"]


def test_one_empty_day_of_a_quiet_shop_is_chance_and_ten_in_a_row_are_not():
    days = [3] * 200
    days[50] = 0
    days[100:110] = [0] * 10
    assert gaps(days) == ["2025-04-16 to 2025-04-25"]


def test_months_that_are_missing_whole_are_one_gap():
    days = [20] * 400
    days[100:250] = [0] * 150
    assert gaps(days) == ["2025-04-16 to 2025-09-12"]


def test_days_that_were_stated_as_closed_may_be_empty():
    days = [40] * 200
    days[100:102] = [0, 0]
    assert gaps(days, closed=(date(2025, 4, 16), date(2025, 4, 17))) == []
    assert gaps(days, closed=(date(2025, 4, 16),)) == ["2025-04-17"]
