"""How few, or how many, of something can still be chance.

Counts are judged by the distribution that counts have, not by a percentage: 3 rows where 6 are usual is an ordinary
day, 300 where 600 are usual is not. Days differ by more than chance, too; how much more is learned (`spread_of_counts`,
`spread_of_shares`) and widens the limits. `rate` is the tolerated chance of calling what is usual unusual.
"""

from __future__ import annotations

import numpy as np
from scipy import stats

LEAST_SHARE_SPREAD = 0.002  # even a steady share wobbles by a few per cent from day to day
LARGEST_EXACT = 20_000  # above it the beta distribution stands in for the beta-binomial


def fewest(expected: float, spread: float, rate: float) -> int:
    """The smallest count that is still plausible where `expected` are usual; the variance is mean + spread × mean²."""
    return int(max(0, _counts(expected, spread).ppf(rate))) if expected > 0 else 0


def most(expected: float, spread: float, rate: float) -> int:
    """The largest count that is still plausible."""
    return int(_counts(max(expected, 0.5), spread).isf(rate))


def _counts(expected: float, spread: float):
    if spread < 1e-6:
        return stats.poisson(expected)
    return stats.nbinom(1 / spread, 1 / (1 + spread * expected))


def spread_of_counts(observed: np.ndarray, expected: np.ndarray) -> float:
    """The spread beyond chance, from days and what was expected of them; one odd day in ten is left out."""
    known = expected > 0
    observed, expected = observed[known], expected[known]
    if len(observed) < 3:
        return 0.05
    beyond = ((observed - expected) ** 2 - expected) / expected**2
    weights = expected / (1 + 0.02 * expected)  # busy days tell more of it
    order = np.argsort(beyond)[: max(3, int(np.ceil(len(beyond) * 0.9)))]
    kept = float(np.average(beyond[order], weights=weights[order]))
    # What was left out were the largest: for a normal spread the rest holds about 0.6 of the variance.
    variance = (kept + 1 / float(np.mean(expected))) / 0.6 - 1 / float(np.mean(expected))
    return max(0.0, variance)


def spread_of_shares(counts: np.ndarray, totals: np.ndarray, share: float, *, sure: float = 0.5) -> float:
    """How much more a share of rows differs between days than drawing them would: the correlation of beta-binomial.

    It is itself learned from few days; `sure` says how sure it must be that the true spread is no larger.
    """
    used = totals > 0
    counts, totals = counts[used], totals[used]
    if len(counts) < 3 or not 0 < share < 1:
        return LEAST_SHARE_SPREAD
    ratio = float(np.sum((counts - totals * share) ** 2 / (totals * share * (1 - share)))) / (len(counts) - 1)
    if sure > 0.5:
        ratio *= (len(counts) - 1) / stats.chi2.ppf(1 - sure, len(counts) - 1)
    return min(0.5, max(LEAST_SHARE_SPREAD, (ratio - 1) / max(float(np.mean(totals)) - 1, 1)))


def fewest_of(total: int, share: float, spread: float, rate: float) -> int:
    """The smallest part of `total` rows that is plausible where `share` of them is usual."""
    if total <= 0 or share <= 0:
        return 0
    share = min(share, 1 - 1e-9)
    weight = (1 - spread) / spread
    a, b = share * weight, (1 - share) * weight
    if total > LARGEST_EXACT:
        return int(total * stats.beta.ppf(rate, a, b))
    cumulated = np.cumsum(stats.betabinom.pmf(np.arange(total + 1), total, a, b))
    return int(np.searchsorted(cumulated, rate))


def most_of(total: int, share: float, spread: float, rate: float) -> int:
    """The largest part of `total` rows that is plausible where `share` of them is usual."""
    return total - fewest_of(total, 1 - max(share, 1e-9), spread, rate) if total > 0 else 0
