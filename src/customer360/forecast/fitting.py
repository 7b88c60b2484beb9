"""Maximum likelihood with a check that a maximum was found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

# Of the logarithm of a parameter, in units near 1: beyond 1 : 1000 the data says "none" or "all alike", not how much.
BOUND = 7.0
FLAT = 1e-5
RESTARTS = 10


class NotEstimableError(ValueError):
    """The likelihood has no maximum that can be trusted."""


def maximise(log_likelihood: Callable[[np.ndarray], tuple[float, np.ndarray]], start: np.ndarray) -> np.ndarray:
    """The logarithms of the parameters at which the mean log-likelihood is highest, within BOUND of 0.

    `log_likelihood` gives the mean over customers and its gradient. Raises NotEstimableError where the search ends
    on a slope that does not lead out of the bounds.
    """

    def objective(point: np.ndarray) -> tuple[float, np.ndarray]:
        value, gradient = log_likelihood(point)
        return -value, -gradient

    point = np.clip(start, -BOUND, BOUND)
    for _ in range(RESTARTS):  # on a long ridge the search may stop for lack of progress: it goes on from there
        found = minimize(
            objective,
            point,
            jac=True,
            method="L-BFGS-B",
            bounds=[(-BOUND, BOUND)] * len(point),
            options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9},
        )
        point = found.x
        slope_within = np.clip(point - found.jac, -BOUND, BOUND) - point
        if np.isfinite(found.fun) and np.max(np.abs(slope_within)) <= FLAT:
            return point
    raise NotEstimableError(f"no maximum found: {found.message}")
