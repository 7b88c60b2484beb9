"""Maximum likelihood with a check that a maximum was found."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

# Of the logarithm of a parameter, in units near 1: beyond 1 : 1000 the data says "none" or "all alike", not how much.
BOUND = 7.0
FLAT = 1e-5


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

    found = minimize(
        objective,
        np.clip(start, -BOUND, BOUND),
        jac=True,
        method="L-BFGS-B",
        bounds=[(-BOUND, BOUND)] * len(start),
        options={"maxiter": 500, "ftol": 1e-14, "gtol": 1e-9},
    )
    within = np.clip(found.x - found.jac, -BOUND, BOUND) - found.x
    if not np.isfinite(found.fun) or np.max(np.abs(within)) > FLAT:
        raise NotEstimableError(f"no maximum found: {found.message}")
    return found.x
