"""How often customers come back: the BG/NBD model of Fader, Hardie and Lee (Marketing Science 24, 2005).

While active, a customer buys at random at a rate of their own; after each purchase they may leave for good, with a
probability of their own. Rates are Gamma(r, alpha) among customers, probabilities of leaving Beta(a, b). A history is
three numbers: `repeats`, purchase days after the first; `recency`, days from the first to the last; `age`, days from
the first to the day the history ends. All three are arrays of one length; 0 <= recency <= age.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.linalg import eigh_tridiagonal
from scipy.special import digamma, expit, gammaln

from customer360.forecast.fitting import maximise

NODES = 64


@dataclass(frozen=True)
class BgNbd:
    """The four parameters; alpha in days."""

    r: float
    alpha: float
    a: float
    b: float

    def probability_active(self, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
        """That the customer has not left. 1 without a repeat: the model lets nobody leave before the second purchase
        day is over, so it says nothing there."""
        x = np.asarray(repeats, dtype=float)
        quiet = (self.r + x) * (np.log(self.alpha + age) - np.log(self.alpha + recency))
        odds_of_leaving = np.log(self.a) - np.log(self.b + np.maximum(x, 1) - 1) + quiet
        return np.where(x > 0, expit(-odds_of_leaving), 1.0)

    def expected_purchases(
        self, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray, *, days: float
    ) -> np.ndarray:
        """Purchase days to expect in the `days` after the history."""
        return self.probability_active(repeats, recency, age) * self._while_active(repeats, age, days)

    def _while_active(self, repeats: np.ndarray, age: np.ndarray, days: float) -> np.ndarray:
        """The same for customers known to be active: it depends on repeats and age alone, so on few different rows.

        With rate l and probability of leaving p, (1 - exp(-l p days)) / p are expected. The mean over l is
        (1 - (1 + p z) ** -(r + x)) / p with z = days / (alpha + age), and the mean over p, a Beta(a, b + x), a sum over
        the nodes made for that weight. The closed form has a pole at a = 1 and loses all digits where z is large.
        """
        pairs, places = np.unique(np.column_stack([repeats, age]).astype(float), axis=0, return_inverse=True)
        expected = np.empty(len(pairs))
        for x in np.unique(pairs[:, 0]):
            rows = pairs[:, 0] == x
            leaving, weights = _beta_nodes(self.a, self.b + x)
            z = days / (self.alpha + pairs[rows, 1])
            bought = -np.expm1(-(self.r + x) * np.log1p(np.outer(z, leaving))) / leaving
            expected[rows] = bought @ weights
        return expected[places.reshape(-1)]


def log_likelihood(model: BgNbd, repeats: np.ndarray, recency: np.ndarray, age: np.ndarray) -> np.ndarray:
    """Of each history; time in days."""
    return _by_history(model, np.asarray(repeats, dtype=float), recency, age)[0]


def fit(repeats: np.ndarray, recency: np.ndarray, age: np.ndarray) -> BgNbd:
    """The parameters under which these histories are likeliest, whatever order they come in.

    Equal histories are counted, not repeated. Raises NotEstimableError.
    """
    rows, counts = np.unique(np.column_stack([repeats, recency, age]).astype(float), axis=0, return_counts=True)
    share = counts / counts.sum()
    unit = max(1.0, float(np.sum(share * rows[:, 2])))  # the mean age, so that no parameter is far from 1
    x, recency, age = rows[:, 0], rows[:, 1] / unit, rows[:, 2] / unit

    def mean_log_likelihood(point: np.ndarray) -> tuple[float, np.ndarray]:
        parameters = np.exp(point)
        value, *slopes = _by_history(BgNbd(*parameters), x, recency, age)
        gradient = np.array([np.sum(share * slope) for slope in slopes])
        return float(np.sum(share * value)), gradient * parameters

    often = max(0.01, float(np.sum(share * x)))
    r, alpha, a, b = np.exp(maximise(mean_log_likelihood, np.log([1.0, 1.0 / often, 1.0, 3.0])))
    return BgNbd(float(r), float(alpha * unit), float(a), float(b))


def _by_history(model: BgNbd, x: np.ndarray, recency: np.ndarray, age: np.ndarray) -> tuple[np.ndarray, ...]:
    """The log-likelihood of each history and its derivatives by r, alpha, a and b.

    The likelihood is the sum of two ways to be where one is, still active or gone since the last purchase; each is
    far below the smallest float for a long history, so they are added as logarithms.
    """
    r, alpha, a, b = model.r, model.alpha, model.a, model.b
    different, places = np.unique(x, return_inverse=True)
    of_x = gammaln(r + different) - gammaln(r) + r * np.log(alpha)
    of_x += gammaln(a + b) + gammaln(b + different) - gammaln(b) - gammaln(a + b + different)
    to_age, to_recency, bought = np.log(alpha + age), np.log(alpha + recency), np.maximum(x, 1)
    still = -(r + x) * to_age
    gone = np.where(x > 0, np.log(a) - np.log(b + bought - 1) - (r + x) * to_recency, -np.inf)
    value = of_x[places] + np.logaddexp(still, gone)

    active = np.where(x > 0, expit(still - gone), 1.0)
    left = 1.0 - active
    by_r = (digamma(r + different) - digamma(r) + np.log(alpha))[places] - active * to_age - left * to_recency
    by_alpha = r / alpha - (r + x) * (active / (alpha + age) + left / (alpha + recency))
    by_a = (digamma(a + b) - digamma(a + b + different))[places] + left / a
    by_b = (digamma(a + b) + digamma(b + different) - digamma(b) - digamma(a + b + different))[places]
    by_b = by_b - left / (b + bought - 1)
    return value, by_r, by_alpha, by_a, by_b


def _beta_nodes(a: float, b: float) -> tuple[np.ndarray, np.ndarray]:
    """Places and weights (which add up to 1) whose weighted sum is the mean under Beta(a, b).

    Gauss-Jacobi by the eigenvalues of its recurrence (Golub and Welsch 1969). SciPy's own overflows from b = 1000 on.
    """
    both = a + b
    n = np.arange(1, NODES)
    at = 2 * n + both  # written for weights on [0, 1]
    middle = (1 + (a - b) * (both - 2) / ((at - 2) * at)) / 2
    n, at = n[1:], at[1:]
    beside = n * (n + a - 1) * (n + b - 1) * (n + both - 2) / ((at - 1) * (at - 2) ** 2 * (at - 3))
    first = a * b / (both**2 * (both + 1))
    places, vectors = eigh_tridiagonal(np.append(a / both, middle), np.sqrt(np.append(first, beside)))
    return np.clip(places, np.finfo(float).tiny, 1), vectors[0] ** 2
