"""Agents are compared by what they did with the tickets they had, not by the tickets they had."""

from datetime import date

import pytest

from bench import fairness
from customer360.build import build_models
from customer360.config import Settings
from customer360.warehouse import writing

# Customers like 90 % of the easy tickets and 50 % of the hard ones of two agents, 70 % and 30 % of a third; of the two
# one gets the easy tickets, one the hard ones. Easy tickets, good ones of them, hard tickets, good ones of them:
MIXES = {
    "easy": (180, 162, 20, 10),
    "hard": (20, 18, 180, 90),
    "worse": (180, 126, 20, 6),
}


@pytest.fixture(scope="module")
def agents(tmp_path_factory):
    settings = Settings(home=tmp_path_factory.mktemp("fairness"))
    with writing(settings, "test") as connection:
        connection.execute(fairness.TABLE)
        for agent, (easy, easy_good, hard, hard_good) in MIXES.items():
            for priority, tickets, good in (("low", easy, easy_good), ("urgent", hard, hard_good)):
                connection.execute(
                    """
                    insert into intermediate.int_service_facts_listed by name
                    select 'agent' as holder_type, ? as holder_id, date '2026-01-01' as month, 'rating' as measure,
                        (n < ?)::integer as amount, ? as priority, 'none' as ticket_type, 'web' as channel,
                        'g' as group_id
                    from range(?) as t(n)
                    """,
                    [agent, good, priority, tickets],
                )
    build_models(settings, select=f"{fairness.SELECTED} int_service_measures_compared", as_of=date(2026, 1, 31))
    with writing(settings, "test") as connection:
        rows = connection.execute(
            "select holder_id, rate, rate - expected_rate, against_expected "
            "from intermediate.int_service_measures_compared"
        ).fetchall()
    return {agent: (float(rate), float(difference), verdict) for agent, rate, difference, verdict in rows}


def test_raw_rates_punish_who_gets_the_hard_tickets(agents):
    assert agents["hard"][0] < agents["worse"][0]  # else the next test would prove nothing


def test_equally_good_agents_come_out_equal_whatever_their_tickets(agents):
    assert agents["easy"][1] == pytest.approx(agents["hard"][1], abs=0.02)


def test_a_worse_agent_comes_out_worse(agents):
    assert agents["worse"][1] == pytest.approx(agents["easy"][1] - 0.2, abs=0.02)
    assert agents["worse"][2] == "worse"
    assert "worse" not in (agents["easy"][2], agents["hard"][2])


def test_adjusted_figures_tell_skill_better_than_raw_ones(tmp_path):
    told = fairness.told_apart(tmp_path, tickets=2_000, companies=10)
    for measure in ("rating", "resolution"):
        assert told[measure]["adjusted"] > told[measure]["raw"] + 0.1
        assert told[measure]["adjusted"] > told[measure]["perfect"] - 0.1
