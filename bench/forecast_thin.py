"""How few customers are too few to foretell: the total of the next year, for companies of some size.

    python -m bench.forecast_thin [--companies 60]

Each company is made up by the model's own story, learnt from anew and foretold. Beside the error stands that of a
forecast with the true parameters: what chance leaves, however much is known.
"""

from __future__ import annotations

import argparse

import numpy as np

from bench.report import machine
from customer360.forecast import bg_nbd
from customer360.forecast.bg_nbd import BgNbd
from customer360.forecast.fitting import NotEstimableError

# Customers who mostly come back, who mostly do not (CDNOW, in days), and who come often.
STORIES = {
    "regular": BgNbd(r=0.96, alpha=172.0, a=0.084, b=1.85),
    "occasional": BgNbd(r=0.243, alpha=31.0, a=0.793, b=2.426),
    "organisations": BgNbd(r=1.5, alpha=120.0, a=0.2, b=3.0),
}
SIZES = (30, 50, 100, 200, 400, 1000)
HISTORY_DAYS, FORETOLD_DAYS = 730, 365


def company(story: BgNbd, customers: int, random: np.random.Generator) -> tuple[np.ndarray, ...]:
    """Repeats, recency and age of each customer, and what they buy in the year after."""
    age = random.integers(30, HISTORY_DAYS, customers).astype(float)
    rate = np.maximum(random.gamma(story.r, 1 / story.alpha, customers), 1e-9)
    leaving = random.beta(story.a, story.b, customers)
    repeats, recency, later, day = np.zeros((4, customers))
    active = np.ones(customers, bool)
    while active.any():
        day += random.exponential(1 / rate)
        active &= day <= age + FORETOLD_DAYS
        known = active & (day <= age)
        repeats += known
        recency[known] = np.floor(day[known])
        later += active & ~known
        active &= random.random(customers) >= leaving
    return repeats, recency, age, later


def errors(story: BgNbd, customers: int, companies: int) -> tuple[float, float, float, int]:
    """Mean number of returning customers; root mean square error of the total, learnt and with the truth; failures."""
    random, learnt, known, repeating, failed = np.random.default_rng(customers), [], [], [], 0
    for _ in range(companies):
        *history, later = company(story, customers, random)
        try:
            found = bg_nbd.fit(*history)
        except NotEstimableError:
            failed += 1
            continue
        for model, into in ((found, learnt), (story, known)):
            total = model.expected_purchases(*history, days=FORETOLD_DAYS).sum()
            into.append(total / max(later.sum(), 1) - 1)
        repeating.append(np.sum(history[0] > 0))
    return np.mean(repeating), *(np.sqrt(np.mean(np.square(each))) for each in (learnt, known)), failed


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast_thin", description=__doc__.partition("\n")[0])
    parser.add_argument("--companies", type=int, default=60)
    options = parser.parse_args()
    print(f"{machine()}\n\n| customers | of them returning | total off by | with the true parameters | no fit |")
    print("| --- | ---: | ---: | ---: | ---: |")
    for name, story in STORIES.items():
        for customers in SIZES:
            repeating, learnt, known, failed = errors(story, customers, options.companies)
            print(f"| {customers:,} {name} | {repeating:.0f} | {learnt:.1%} | {known:.1%} | {failed} |", flush=True)


if __name__ == "__main__":
    main()
