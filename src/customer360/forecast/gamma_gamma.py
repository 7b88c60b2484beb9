"""How much customers spend: the gamma-gamma model of Fader, Hardie and Lee (J. of Marketing Research 42, 2005).

What a customer spends on a purchase day varies, Gamma(p, nu), around a mean of their own; nu is Gamma(q, v) among
customers. A history is two numbers: `count`, purchase days, and `mean`, spent on one on average; both above 0.
The model takes spending to have nothing to do with how often somebody buys.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from customer360.forecast.fitting import maximise


@dataclass(frozen=True)
class GammaGamma:
    """p and q have no unit, v is money. q is above 1: below, the mean over all customers would be infinite."""

    p: float
    q: float
    v: float

    def expected_value(self, count: np.ndarray, mean: np.ndarray) -> np.ndarray:
        """What the customer will spend on a purchase day: between their own mean and that of all, nearer to their
        own the more days there are."""
        n = np.asarray(count, dtype=float)
        return self.p * (self.v + n * mean) / (self.p * n + self.q - 1)


def log_likelihood(model: GammaGamma, count: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Of each history, given its count."""
    return _by_history(model, np.asarray(count, dtype=float), np.asarray(mean, dtype=float))[0]


def fit(count: np.ndarray, mean: np.ndarray) -> GammaGamma:
    """The parameters under which these histories are likeliest, whatever order they come in.

    Raises NotEstimableError.
    """
    rows, counts = np.unique(np.column_stack([count, mean]).astype(float), axis=0, return_counts=True)
    share = counts / counts.sum()
    unit = float(np.sum(share * rows[:, 1]))
    n, spent = rows[:, 0], rows[:, 1] / unit

    def mean_log_likelihood(point: np.ndarray) -> tuple[float, np.ndarray]:
        p, beyond_one, v = np.exp(point)
        value, *slopes = _by_history(GammaGamma(p, 1 + beyond_one, v), n, spent)
        gradient = np.array([np.sum(share * slope) for slope in slopes])
        return float(np.sum(share * value)), gradient * np.array([p, beyond_one, v])

    p, beyond_one, v = np.exp(maximise(mean_log_likelihood, np.log([2.0, 2.0, 1.0])))
    return GammaGamma(float(p), float(1 + beyond_one), float(v * unit))


def _by_history(model: GammaGamma, n: np.ndarray, mean: np.ndarray) -> tuple[np.ndarray, ...]:
    """The log-likelihood of each history and its derivatives by p, q and v."""
    p, q, v = model.p, model.q, model.v
    different, places = np.unique(n, return_inverse=True)
    total = n * mean
    to_total, to_both = np.log(total), np.log(v + total)
    of_n = gammaln(p * different + q) - gammaln(p * different) - gammaln(q) + q * np.log(v)
    value = of_n[places] + p * n * to_total - np.log(mean) - (p * n + q) * to_both
    by_p = n * ((digamma(p * different + q) - digamma(p * different))[places] + to_total - to_both)
    by_q = (digamma(p * different + q) - digamma(q))[places] + np.log(v) - to_both
    by_v = q / v - (p * n + q) / (v + total)
    return value, by_p, by_q, by_v
