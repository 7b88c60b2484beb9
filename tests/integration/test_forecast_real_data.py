"""The forecast on customers that nobody here made up: half a year of Online Retail foretold from the half before it."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import pytest

from customer360.forecast.expected import ESTIMATED, TOO_FEW_PURCHASES, expected_purchases
from real_data import online_retail

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"
LEARNS_THROUGH, DAYS = date(2011, 6, 9), 183

PURCHASE_DAYS = """
    create table purchase_days as
    select customer_id, 'individual' as customer_kind, invoiced_at::date as purchased_on,
        sum(quantity * unit_price)::decimal(18, 4) as net_sales
    from lines where customer_id is not null and invoice[1] not in ('C', 'A')
    group by all having sum(quantity * unit_price) > 0
"""
# What each customer bought in as many days before the last one known, and in those after it.
BOUGHT = """
    select count(*) filter (purchased_on <= $last and purchased_on > $last - $days) as last_orders,
        count(*) filter (purchased_on > $last and purchased_on <= $last + $days) as orders,
        coalesce(sum(net_sales) filter (purchased_on <= $last and purchased_on > $last - $days), 0) as last_net_sales,
        coalesce(sum(net_sales) filter (purchased_on > $last and purchased_on <= $last + $days), 0) as net_sales
    from (select customer_id from foretold) as known left join purchase_days using (customer_id)
    group by customer_id order by customer_id
"""


@pytest.fixture(scope="module")
def retail() -> dict[str, np.ndarray]:
    """A column each of what was foretold of a customer, what came, and what came in the same number of days before."""
    data = Path(os.environ.get("CUSTOMER360_REAL_DATA") or BESIDE)
    if not (data / online_retail.FILE).is_file():
        pytest.skip("no Online Retail: set CUSTOMER360_REAL_DATA to the folder with online_retail/, or ../shared/data")
    with duckdb.connect() as connection:
        online_retail.queries(connection, data)
        connection.execute(PURCHASE_DAYS)
        foretold = expected_purchases(connection, "purchase_days", through=LEARNS_THROUGH, days=DAYS)
        bought = connection.execute(BOUGHT, {"last": LEARNS_THROUGH, "days": DAYS}).to_arrow_table()
    return {name: np.asarray(foretold[name]) for name in ("status", "expected_orders", "expected_net_sales")} | {
        name: bought[name].to_numpy().astype(float) for name in bought.column_names
    }


def total_error(expected, actual):
    return expected.sum() / actual.sum() - 1


def error_per_customer(expected, actual):
    return np.abs(expected - actual).mean()


def share_of_best_tenth(expected, actual):
    return actual[np.argsort(-expected, kind="stable")[: len(actual) // 10]].sum() / actual.sum()


@pytest.mark.real_data
def test_every_customer_of_the_half_year_is_foretold(retail):
    status, counts = np.unique(retail["status"].astype(str), return_counts=True)
    assert dict(zip(status, counts, strict=True)) == {ESTIMATED: 1412, TOO_FEW_PURCHASES: 1388}


@pytest.mark.real_data
def test_purchases_are_about_as_many_as_foretold(retail):
    """A half year without autumn foretells one with it: 6,214 purchase days for 6,837 that came (-9 %)."""
    expected, actual = retail["expected_orders"], retail["orders"]
    assert actual.sum() == 6837
    assert abs(total_error(expected, actual)) < 0.10
    assert error_per_customer(expected, actual) < 1.52
    assert error_per_customer(expected, actual) < 0.70 * error_per_customer(np.full(len(actual), 6593 / 2800), actual)
    assert share_of_best_tenth(expected, actual) > 0.36


@pytest.mark.real_data
def test_net_sales_are_as_far_off_as_we_say(retail):
    """They come to 30 % less than was sold; autumn brings larger orders as well. The best tenth is found: 56 %."""
    expected, actual = retail["expected_net_sales"], retail["net_sales"]
    assert -0.31 < total_error(expected, actual) < -0.28
    assert error_per_customer(expected, actual) < 1010
    assert share_of_best_tenth(expected, actual) > 0.55


@pytest.mark.real_data
def test_repeating_the_last_period_is_a_little_nearer_here_and_we_do_not_hide_it(retail):
    """1.45 against 1.51 purchase days per customer, 952 against 1,004 of net sales. Should this ever fail because the
    model has become better, change docs/decisions.md too."""
    for expected, last, actual, ratio in (
        ("expected_orders", "last_orders", "orders", 1.06),
        ("expected_net_sales", "last_net_sales", "net_sales", 1.07),
    ):
        model, naive = (error_per_customer(retail[each], retail[actual]) for each in (expected, last))
        assert naive < model < ratio * naive
