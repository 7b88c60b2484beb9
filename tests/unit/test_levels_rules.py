"""The dated seeds of levels as arrays by rule period and rank."""

import duckdb

from customer360.levels.kernel import NO_LEVEL
from customer360.levels.rules import load_rules

LEVELS = """(
    select * from (values
        (1, 0.00, 1.0, date '2000-01-01', null), (2, 100.00, 1.5, date '2000-01-01', null),
        (3, 200.00, 2.0, date '2000-01-01', date '2026-01-01')
    ) as levels (level_rank, growth_from, coefficient, valid_from, valid_to)
)"""
RULES = """(
    select * from (values
        (365, 30, 'one_level', date '2000-01-01', date '2026-07-01'), (180, 0, 'straight', date '2026-07-01', null)
    ) as rules (validity_days, grace_days, downgrade, valid_from, valid_to)
)"""


def loaded():
    with duckdb.connect() as connection:
        return load_rules(connection, levels=LEVELS, level_rules=RULES)


def test_a_period_begins_wherever_any_rule_changes():
    rules = loaded()
    assert rules.starts.astype("datetime64[D]").astype(str).tolist() == ["2000-01-01", "2026-01-01", "2026-07-01"]
    assert rules.validity.tolist() == [365, 365, 180]
    assert rules.grace.tolist() == [30, 30, 0]
    assert rules.one_level.tolist() == [True, True, False]


def test_a_dropped_level_is_out_of_reach_and_earns_like_the_one_below():
    rules = loaded()
    assert rules.needed[:, 1:].tolist() == [[0, 10_000, 20_000], [0, 10_000, NO_LEVEL], [0, 10_000, NO_LEVEL]]
    assert rules.coefficients[:, 1:].tolist() == [[10_000, 15_000, 20_000]] + 2 * [[10_000, 15_000, 15_000]]


def test_the_digest_changes_with_the_rules_and_not_with_the_order_of_rows():
    with duckdb.connect() as connection:
        turned = load_rules(connection, levels=f"(select * from {LEVELS} order by level_rank desc)", level_rules=RULES)
        other = load_rules(connection, levels=LEVELS, level_rules=RULES.replace("30", "31"))
    assert turned.digest == loaded().digest != other.digest
