"""How often and how much: likelihoods against their definition as integrals, parameters found again, odd histories."""

import numpy as np
import pytest
from scipy import integrate, stats
from scipy.optimize import approx_fprime
from scipy.special import hyp2f1, roots_jacobi

from customer360.forecast import bg_nbd, gamma_gamma
from customer360.forecast.bg_nbd import BgNbd
from customer360.forecast.fitting import NotEstimableError, maximise
from customer360.forecast.gamma_gamma import GammaGamma

# Published for the CDNOW sample, time in weeks: Fader, Hardie and Lee, "Counting Your Customers" the Easy Way (2005),
# and Fader and Hardie, The Gamma-Gamma Model of Monetary Value (2013).
CDNOW = BgNbd(r=0.243, alpha=4.414, a=0.793, b=2.426)
CDNOW_VALUE = GammaGamma(p=6.25, q=3.74, v=15.44)
HISTORIES = [(0, 0.0, 30.0), (1, 4.0, 38.0), (2, 30.43, 38.86), (9, 35.0, 35.0), (6, 2.0, 38.0)]


def columns(rows):
    return [np.array(column, dtype=float) for column in zip(*rows, strict=True)]


def simulated(model, ages, days, seed):
    """Customers by the model's own story: repeats, recency and age, and what they buy in the `days` after."""
    random = np.random.default_rng(seed)
    rows = []
    for age in ages:
        rate, leaving = random.gamma(model.r, 1 / model.alpha), random.beta(model.a, model.b)
        bought, now, is_active = [], 0.0, True
        while is_active and (now := now + random.exponential(1 / rate)) <= age + days:
            bought.append(now)
            is_active = random.random() >= leaving
        known = [day for day in bought if day <= age]
        rows.append((len(known), known[-1] if known else 0.0, age, len(bought) - len(known)))
    return columns(rows)


@pytest.mark.parametrize("history", HISTORIES)
def test_a_history_is_as_likely_as_the_story_says(history):
    """The story: purchases at rate l until age or until leaving, with probability p, at the last of them."""
    x, recency, age = history

    places, weights = roots_jacobi(20, CDNOW.b - 1, CDNOW.a - 1)
    leaving, weights = (1 + places) / 2, weights / weights.sum()

    def given(rate):
        still = (1 - leaving) ** x * rate**x * np.exp(-rate * age)
        gone = leaving * (1 - leaving) ** (x - 1) * rate**x * np.exp(-rate * recency) if x else 0.0
        return np.sum(weights * (still + gone)) * stats.gamma.pdf(rate, CDNOW.r, scale=1 / CDNOW.alpha)

    likelihood = sum(integrate.quad(given, *part, epsabs=0)[0] for part in [(0, 1e-3), (1e-3, 0.1), (0.1, 1), (1, 9)])
    assert bg_nbd.log_likelihood(CDNOW, *columns([history]))[0] == pytest.approx(np.log(likelihood), abs=1e-6)


@pytest.mark.parametrize("history", HISTORIES)
@pytest.mark.parametrize("model", [CDNOW, BgNbd(0.96, 24.7, 0.084, 1.85), BgNbd(2.0, 3.0, 1.7, 0.6)])
def test_purchases_to_expect_are_those_of_the_published_formula(model, history):
    x, recency, age = history
    days, r, alpha, a, b = 39.0, model.r, model.alpha, model.a, model.b
    grown = (alpha + age) / (alpha + age + days)
    series = hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + age + days))
    still = 1 / (1 + (x > 0) * a / (b + max(x, 1) - 1) * ((alpha + age) / (alpha + recency)) ** (r + x))
    formula = (a + b + x - 1) / (a - 1) * (1 - grown ** (r + x) * series) * still
    rows = columns([history])
    assert model.probability_active(*rows)[0] == pytest.approx(still)
    assert model.expected_purchases(*rows, days=days)[0] == pytest.approx(formula, rel=1e-6)


def test_the_published_example_comes_out():
    expected = CDNOW.expected_purchases(*columns([(2, 30.43, 38.86)]), days=39)
    assert expected[0] == pytest.approx(1.226, abs=5e-4)


@pytest.mark.parametrize("model", [CDNOW, BgNbd(1.0, 1000.0, 1.0, 1000.0), BgNbd(0.002, 0.5, 0.001, 0.9)])
def test_odd_parameters_and_long_histories_give_sober_numbers(model):
    rows = columns([(0, 0, 0), (0, 0, 3650), (1, 0, 3650), (1, 3650, 3650), (3000, 3650, 3650), (3000, 1825, 3650)])
    active, expected = model.probability_active(*rows), model.expected_purchases(*rows, days=365)
    assert np.isfinite(bg_nbd.log_likelihood(model, *rows)).all()
    assert ((active >= 0) & (active <= 1)).all()
    assert (expected >= 0).all()
    rates = (model.r + rows[0]) / (model.alpha + rows[2])
    assert (expected <= rates * 365 + 1e-9).all(), "nobody buys more than at their own rate without ever leaving"


@pytest.mark.parametrize("model", [CDNOW, BgNbd(0.96, 24.7, 0.084, 1.85)])
def test_slopes_are_those_of_the_likelihood(model):
    x, recency, age = columns(HISTORIES)
    _, *slopes = bg_nbd._by_history(model, x, recency, age)
    point = np.array([model.r, model.alpha, model.a, model.b])
    numeric = approx_fprime(point, lambda at: bg_nbd.log_likelihood(BgNbd(*at), x, recency, age).sum(), 1e-7)
    assert [slope.sum() for slope in slopes] == pytest.approx(numeric, rel=1e-4)


def test_parameters_are_found_again_and_foretell_the_total():
    made = BgNbd(r=0.8, alpha=60.0, a=0.6, b=2.0)
    ages = np.random.default_rng(1).integers(100, 700, 12_000)
    x, recency, age, later = simulated(made, ages, 365, seed=2)
    found = bg_nbd.fit(x, recency, age)
    assert (found.r, found.alpha) == pytest.approx((made.r, made.alpha), rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(made.a / (made.a + made.b), rel=0.15)
    assert found.expected_purchases(x, recency, age, days=365).sum() == pytest.approx(later.sum(), rel=0.03)


def test_the_order_of_customers_changes_nothing():
    x, recency, age, _ = simulated(CDNOW, np.full(500, 39.0), 0, seed=3)
    mean = np.random.default_rng(4).gamma(2, 20, 500).round(2)
    other = np.random.default_rng(5).permutation(500)
    assert bg_nbd.fit(x, recency, age) == bg_nbd.fit(x[other], recency[other], age[other])
    assert gamma_gamma.fit(x + 1, mean) == gamma_gamma.fit(x[other] + 1, mean[other])


def test_equal_customers_count_each():
    x, recency, age, _ = simulated(CDNOW, np.full(500, 39.0), 0, seed=3)
    once, twice = bg_nbd.fit(x, recency, age), bg_nbd.fit(*(np.tile(each, 2) for each in (x, recency, age)))
    assert (once.r, once.alpha, once.a, once.b) == pytest.approx((twice.r, twice.alpha, twice.a, twice.b), rel=1e-4)


def test_customers_who_are_all_alike_and_never_leave_are_no_problem():
    age = np.full(400, 364.0)
    x = np.random.default_rng(6).poisson(12, 400).astype(float)
    recency = np.where(x > 0, 350.0, 0.0)
    expected = bg_nbd.fit(x, recency, age).expected_purchases(x, recency, age, days=364)
    assert expected.sum() == pytest.approx(x.sum(), rel=0.05)


@pytest.mark.parametrize(("count", "mean"), [(1, 35.0), (2, 22.35), (11, 80.0)])
def test_spending_is_as_likely_as_the_story_says(count, mean):
    """The story: the mean of `count` Gamma(p, nu) amounts, with nu Gamma(q, v)."""
    p, q, v = CDNOW_VALUE.p, CDNOW_VALUE.q, CDNOW_VALUE.v
    likelihood, _ = integrate.quad(
        lambda nu: stats.gamma.pdf(mean, p * count, scale=1 / (nu * count)) * stats.gamma.pdf(nu, q, scale=1 / v),
        0,
        5,
        epsabs=0,
        points=[0.1, 0.5],
    )
    assert gamma_gamma.log_likelihood(CDNOW_VALUE, np.array([count]), np.array([mean]))[0] == pytest.approx(
        np.log(likelihood)
    )


def test_spending_to_expect_lies_between_their_own_mean_and_that_of_all():
    of_all = CDNOW_VALUE.p * CDNOW_VALUE.v / (CDNOW_VALUE.q - 1)
    few, many = CDNOW_VALUE.expected_value(np.array([1, 100]), np.array([100.0, 100.0]))
    assert of_all < few < many < 100
    assert many == pytest.approx(100, rel=0.01)


@pytest.mark.parametrize(("count", "mean"), [(1, 35.0), (11, 80.0)])
def test_spending_to_expect_is_the_mean_of_what_is_likely(count, mean):
    p, q, v = CDNOW_VALUE.p, CDNOW_VALUE.q, CDNOW_VALUE.v

    def likely(nu):
        return stats.gamma.pdf(mean, p * count, scale=1 / (nu * count)) * stats.gamma.pdf(nu, q, scale=1 / v)

    above, below = (
        integrate.quad(each, 0, 5, epsabs=0, points=[0.1, 0.5])[0] for each in (lambda nu: p / nu * likely(nu), likely)
    )
    assert CDNOW_VALUE.expected_value(np.array([count]), np.array([mean]))[0] == pytest.approx(above / below)


def test_spending_is_found_again():
    made, random = GammaGamma(p=3.0, q=5.0, v=200.0), np.random.default_rng(7)
    count = random.integers(1, 9, 20_000)
    nu = random.gamma(made.q, 1 / made.v, len(count))
    found = gamma_gamma.fit(count, random.gamma(made.p * count, 1 / (nu * count)))
    assert (found.p, found.q, found.v) == pytest.approx((made.p, made.q, made.v), rel=0.1)


def test_spending_of_heavy_tails_keeps_a_finite_mean():
    random = np.random.default_rng(8)
    mean = np.exp(random.normal(3, 2.5, 2000))
    found = gamma_gamma.fit(np.ones(2000), mean)
    assert found.q > 1
    assert np.isfinite(found.expected_value(np.array([0, 1]), np.array([0.0, 1e6]))).all()


def test_a_search_that_ends_nowhere_is_an_error():
    with pytest.raises(NotEstimableError):
        maximise(lambda point: (float("nan"), np.full(2, np.nan)), np.zeros(2))
