"""Value tiers on orders that nobody here made up: a year of Online Retail."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import duckdb
import pytest

from bench import value
from real_data import online_retail

BESIDE = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="module")
def data() -> Path:
    folder = Path(os.environ.get("CUSTOMER360_REAL_DATA") or BESIDE)
    if not (folder / online_retail.FILE).is_file():
        pytest.skip("no Online Retail: set CUSTOMER360_REAL_DATA to the folder with online_retail/, or ../shared/data")
    return folder


@pytest.mark.real_data
def test_the_largest_customers_have_the_recency_frequency_and_money_that_are_published(data, tmp_path):
    warehouse = value.judged(data, tmp_path, date(2011, 12, 10), period_days=375)  # all of it
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        largest = connection.execute(
            """
            select customer_id, recency_days, order_count, round(net_sales, 2)::varchar, rfm_score
            from marts.customer_value_tiers order by net_sales desc limit 3
            """
        ).fetchall()
    assert largest == [
        ("14646", 2, 73, "280206.02", "555"),
        ("18102", 1, 60, "259657.30", "555"),
        ("17450", 9, 46, "194550.79", "555"),
    ]


@pytest.mark.real_data
def test_higher_potential_rose_more_often_and_who_was_sliding_fell_more_often_afterwards(data, tmp_path):
    earlier = value.judged(data, tmp_path / "earlier", value.JUDGED_ON)
    later = value.judged(data, tmp_path / "later", value.KNOWN_ON)
    lifts = value.lifts(earlier, later)
    assert lifts["upgrade_potential"] > 1.7
    assert lifts["naive"] < 1.4
    (_, steady), (_, sliding) = value.fallen(earlier, later)[False], value.fallen(earlier, later)[True]
    assert sliding > 1.2 * steady
