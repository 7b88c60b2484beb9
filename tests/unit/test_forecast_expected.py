"""What is expected of each customer: kinds are learnt from apart, and where data is too thin nothing is claimed."""

from datetime import date, timedelta

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from customer360.forecast import expected
from customer360.forecast.expected import Histories, expected_purchases, too_thin
from customer360.forecast.fitting import NotEstimableError

THROUGH = date(2026, 10, 31)


def company(*, individuals=300, organisations=150, guests=20, seed=1) -> duckdb.DuckDBPyConnection:
    """Purchase days of two years: organisations buy more often, and for ten times as much."""
    random, rows = np.random.default_rng(seed), []
    for kind, count, days_between, money in (
        ("individual", individuals, 120, 50),
        ("organisation", organisations, 40, 500),
        ("guest", guests, 300, 50),
    ):
        for number in range(count):
            day = float(random.uniform(0, 500))
            while day < 730:
                bought_on = THROUGH - timedelta(days=729 - int(day))
                rows.append((f"{kind}-{number}", kind, bought_on, round(random.gamma(2, money / 2) + 1, 2)))
                day += 1 + random.exponential(days_between)
                if random.random() < 0.2:
                    break
    names = ("customer_id", "customer_kind", "purchased_on", "money")
    bought = pa.table(dict(zip(names, map(list, zip(*rows, strict=True)), strict=True)))  # noqa: F841, read by DuckDB
    connection = duckdb.connect()
    connection.execute(
        "create table days as select * exclude (money), cast(sum(money) as decimal(18, 4)) as net_sales "
        "from bought group by all"
    )
    return connection


@pytest.fixture(scope="module")
def shop():
    return company()


def foretold(connection, days=365, through=THROUGH, relation="days"):
    table = expected_purchases(connection, relation, through=through, days=days)
    return {row["customer_id"]: row for row in table.to_pylist()}


def test_every_customer_who_bought_is_foretold_once(shop):
    table = expected_purchases(shop, "days", through=THROUGH, days=365)
    bought = shop.execute("select distinct customer_kind, customer_id from days order by all").fetchall()
    assert list(zip(table["customer_kind"].to_pylist(), table["customer_id"].to_pylist(), strict=True)) == bought


def test_kinds_are_learnt_from_apart(shop):
    individuals_alone = foretold(shop, relation="(select * from days where customer_kind = 'individual')")
    assert {
        who: row for who, row in foretold(shop).items() if row["customer_kind"] == "individual"
    } == individuals_alone


def test_a_kind_that_is_too_thin_is_left_out_and_says_so(shop):
    guests = [row for row in foretold(shop).values() if row["customer_kind"] == "guest"]
    assert {row["status"] for row in guests} == {expected.TOO_FEW_CUSTOMERS}
    assert {(row["probability_active"], row["expected_orders"], row["expected_net_sales"]) for row in guests} == {
        (None, None, None)
    }


def test_who_bought_once_gets_an_average_and_no_probability(shop):
    once = [row for row in foretold(shop).values() if row["status"] == expected.TOO_FEW_PURCHASES]
    assert once
    assert {row["purchase_day_count"] for row in once} == {1}
    assert {row["probability_active"] for row in once} == {None}
    assert all(row["expected_orders"] > 0 for row in once)
    again = [row for row in foretold(shop).values() if row["status"] == expected.ESTIMATED]
    assert all(row["purchase_day_count"] > 1 and 0 <= row["probability_active"] <= 1 for row in again)


def test_nothing_after_the_last_day_is_known(shop):
    earlier = date(2026, 1, 31)
    known = f"(select * from days where purchased_on <= date '{earlier}')"
    assert foretold(shop, through=earlier) == foretold(shop, through=earlier, relation=known)


def test_the_order_of_rows_changes_nothing(shop):
    shuffled = "(select * from days order by hash(customer_id, purchased_on))"
    assert foretold(shop, relation=shuffled) == foretold(shop)


def test_nobody_at_all_is_no_error(shop):
    assert foretold(shop, relation="(select * from days where false)") == {}


def test_a_fit_that_fails_is_a_status(shop, monkeypatch):
    def fails(*_):
        raise NotEstimableError("no maximum")

    monkeypatch.setattr(expected.gamma_gamma, "fit", fails)
    assert {row["status"] for row in foretold(shop).values()} == {expected.NOT_ESTIMABLE, expected.TOO_FEW_CUSTOMERS}


def histories(customers=100, repeating=50, age=180, quiet=90) -> Histories:
    days = np.where(np.arange(customers) < repeating, 2.0, 1.0)
    ages = np.full(customers, float(age))
    return Histories(days, np.full(customers, float(age - quiet)), ages, np.ones(customers))


@pytest.mark.parametrize(
    ("thin", "status"),
    [
        ({}, None),
        ({"customers": 99}, expected.TOO_FEW_CUSTOMERS),
        ({"repeating": 49}, expected.TOO_FEW_CUSTOMERS),
        ({"age": 179, "quiet": 0}, expected.TOO_SHORT_A_HISTORY),
        ({"quiet": 91}, expected.NO_RECENT_PURCHASES),
    ],
)
def test_what_is_too_thin(thin, status):
    assert too_thin(histories(**thin)) == status
