"""How well service_agents' figures, adjusted for difficulty, tell good agents from bad ones, against the raw figures.

    python -m bench.fairness [--home data/bench/fairness] [--companies 20]

Agents of a known skill are given tickets whose difficulty depends on priority, type, channel, group, and on priority
and type together; each agent has a mix of their own, and most of their tickets come from one group. A rating is good by
the chance that skill and difficulty give, a ticket takes a time that both give, times chance. The models of the product
say what was to be expected. Told apart is how the agents are ranked: 1 is by their skill, 0 is at random (Spearman);
`perfect` is what somebody would reach who knew how difficult each ticket was. Several companies of a size stand side by
side in one warehouse, each as a holder type of its own, and are averaged.
"""

from __future__ import annotations

import argparse
import shutil
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from customer360.build import build_models
from customer360.config import Settings
from customer360.warehouse import writing

SELECTED = "comparison_rules int_comparison_rules_in_force int_service_facts_expected"
FACTORS = ("priority", "ticket_type", "channel", "group_id")
HARDNESS = ((1.2, 0.4, 0.0, -0.4), (0.8, 0.0, 0.0, -0.6), (0.3, 0.0, 0.0, -0.3), (0.6, 0.2, -0.2, -0.6))
AGENTS, SKILL, TOGETHER = 20, 0.4, 0.3
SIZES = (400, 2_000, 20_000)
TABLE = """
    create table intermediate.int_service_facts_listed (
        holder_type varchar, holder_id varchar, month date, measure varchar, ticket_id varchar, amount decimal(18, 2),
        priority varchar, ticket_type varchar, channel varchar, group_id varchar
    )
"""
BY_AGENT = """
    select holder_type, measure, holder_id::integer as agent, avg(score) as raw, avg(score - expected_score) as adjusted
    from intermediate.int_service_facts_expected group by all order by all
"""


def company(random: np.random.Generator, tickets: int, skill: np.ndarray) -> tuple[np.ndarray, np.ndarray, dict, dict]:
    """Tickets of one company: whose each is, its four things (a column each, 0 to 3), its `rating` and
    `resolution`; and by how much each agent's mean exceeds what the true difficulties lead to expect."""
    agents = len(skill)
    holder = random.integers(0, agents, tickets)
    things = np.empty((tickets, len(FACTORS)), dtype=int)
    for column in range(3):
        mix = random.dirichlet(np.full(4, 0.5), agents).cumsum(axis=1)
        things[:, column] = np.minimum((mix[holder] < random.random((tickets, 1))).sum(axis=1), 3)
    home = random.integers(0, 4, agents)
    things[:, 3] = np.where(random.random(tickets) < 0.8, home[holder], random.integers(0, 4, tickets))
    hard = sum(np.take(HARDNESS[column], things[:, column]) for column in range(4))
    hard = hard + random.normal(0, TOGETHER, (4, 4))[things[:, 0], things[:, 1]]
    is_good = random.random(tickets) < _chance(1 + skill[holder] - hard)
    minutes = np.exp(7 + 0.8 * hard - 0.5 * skill[holder] + random.normal(0, 1.2, tickets))
    excess = {"rating": is_good - _chance(1 - hard), "resolution": np.log(minutes) - 7 - 0.8 * hard}
    perfect = {measure: np.bincount(holder, over, agents) / np.bincount(holder) for measure, over in excess.items()}
    return holder, things, {"rating": is_good.astype(float), "resolution": minutes}, perfect


def _chance(odds: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-odds))


def told_apart(home: Path, tickets: int, companies: int, *, seed: int = 1) -> dict[str, dict[str, float]]:
    """Of each measure, the mean rank correlation with skill of the raw figures, the adjusted, and the perfect ones."""
    shutil.rmtree(home, ignore_errors=True)
    settings = Settings(home=home)
    random = np.random.default_rng(seed)
    skills, perfect = random.normal(0, SKILL, (companies, AGENTS)), []
    with writing(settings, "bench") as connection:
        connection.execute(TABLE)
        for number, skill in enumerate(skills):
            holder, things, amounts, knowing = company(random, tickets, skill)
            perfect.append(knowing)
            for measure, amount in amounts.items():
                columns = {name: things[:, column].astype(str) for column, name in enumerate(FACTORS)}
                facts = pa.table({"holder_id": holder.astype(str), "amount": amount, **columns})
                connection.register("facts", facts)
                connection.execute(
                    "insert into intermediate.int_service_facts_listed by name select *, ? as holder_type, "
                    "? as measure, date '2026-01-01' as month from facts",
                    [str(number), measure],
                )
                connection.unregister("facts")
    build_models(settings, select=SELECTED, as_of=date(2026, 1, 31))
    with writing(settings, "bench") as connection:
        rows = connection.execute(BY_AGENT).fetchnumpy()
    found: dict[str, dict[str, float]] = {}
    for measure, sign in (("rating", 1), ("resolution", -1)):
        correlations: dict[str, list[float]] = {"raw": [], "adjusted": [], "perfect": []}
        for number, skill in enumerate(skills):
            mine = (rows["holder_type"] == str(number)) & (rows["measure"] == measure)
            for figure in ("raw", "adjusted"):
                found_of = sign * rows[figure][mine]
                correlations[figure].append(_rank_correlation(found_of, skill[rows["agent"][mine]]))
            correlations["perfect"].append(_rank_correlation(sign * perfect[number][measure], skill))
        found[measure] = {figure: float(np.mean(values)) for figure, values in correlations.items()}
    return found


def _rank_correlation(one: np.ndarray, other: np.ndarray) -> float:
    ranks = [np.argsort(np.argsort(values)) for values in (one, other)]
    return float(np.corrcoef(*ranks)[0, 1])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.fairness", description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path, default=Path("data/bench/fairness"))
    parser.add_argument("--companies", type=int, default=20, help="of each size")
    options = parser.parse_args()
    print("| tickets of 20 agents | figure | raw | adjusted | perfect |\n| ---: | --- | ---: | ---: | ---: |")
    for tickets in SIZES:
        for measure, told in told_apart(options.home.resolve(), tickets, options.companies).items():
            print(f"| {tickets:,} | {measure} | " + " | ".join(f"{value:.2f}" for value in told.values()) + " |")


if __name__ == "__main__":
    main()
