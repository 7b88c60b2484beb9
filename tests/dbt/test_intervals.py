"""The intervals of macros/intervals.sql against exact probabilities, as SciPy works them out."""

import duckdb
import jinja2
import pytest
from scipy import stats

from customer360.build import project_folder

MACROS = jinja2.Template((project_folder() / "macros" / "intervals.sql").read_text(encoding="utf-8")).module


def ask(expression: str, numbers: str) -> list[tuple]:
    return duckdb.sql(f"select {expression} from {numbers}").fetchall()


def test_the_bounds_of_a_median_hold_it_in_95_of_100_samples():
    ranks = ask(
        f"n, {MACROS.median_bound_rank('n', 'low')}, {MACROS.median_bound_rank('n', 'high')}", "range(1, 2001) as t(n)"
    )
    for cases, low, high in ranks:
        assert low + high == cases + 1
        if low < 1:
            assert cases < 6  # of five even the extremes miss it too often
        else:
            missed = 2 * stats.binom.cdf(low - 1, cases, 0.5)
            assert missed < 0.051, f"{cases} cases: {missed}"


def test_no_narrower_bounds_of_a_median_would_do():
    for cases, low in ask(f"n, {MACROS.median_bound_rank('n', 'low')}", "range(6, 2001) as t(n)"):
        assert 2 * stats.binom.cdf(low, cases, 0.5) > 0.045, f"{cases} cases"


def test_the_bounds_of_a_rate_are_wilsons():
    bounds = ask(
        f"k, n, {MACROS.wilson_bound('k', 'n', 'low')}, {MACROS.wilson_bound('k', 'n', 'high')}",
        "range(1, 60) as t(n), range(0, 60) as s(k) where k <= n",
    )
    for successes, cases, low, high in bounds:
        exact = stats.binomtest(successes, cases).proportion_ci(method="wilson")
        assert (float(low), float(high)) == pytest.approx((exact.low, exact.high), abs=0.0001)


def test_the_bounds_of_a_mean_are_students():
    assert ask(MACROS.mean_bound("0", "1", "n", "low"), "range(4, 5) as t(n)") == [(None,)]
    for cases, high in ask(f"n, {MACROS.mean_bound('0', '1', 'n', 'high')}", "range(5, 500) as t(n)"):
        exact = stats.t.ppf(0.975, cases - 1) / cases**0.5
        assert high == pytest.approx(exact, rel=0.003)


def test_a_trend_is_clear_where_newcombes_interval_leaves_out_zero():
    rates = """(values
        (0.5, 0.2, 0.8, 0.6, 0.5, 0.7), (0.9, 0.85, 0.95, 0.6, 0.5, 0.7), (0.3, 0.2, 0.4, 0.6, 0.5, 0.7)
    ) as t(rate, rate_low, rate_high, before, before_low, before_high)"""
    for is_more_better, words in (("true", ("better", "worse")), ("false", ("worse", "better"))):
        trends = ask(MACROS.trend_against("rate", "before", is_more_better), rates)
        assert trends == [("no clear difference",), (words[0],), (words[1],)]
