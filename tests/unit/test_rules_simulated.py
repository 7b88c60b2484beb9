"""What a simulation compares and says: days on which rules differ, moves, costs, words."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import duckdb
import pytest

from customer360.build import project_folder
from customer360.rules.comparison import Comparison, Move, Pair, Person, Rung, compare, remember
from customer360.rules.differences import Difference, differences
from customer360.rules.report import in_words
from customer360.rules.simulate import Simulation
from customer360.rules.tables import TABLES

SEEDS = project_folder() / "seeds"
DAY = date(2026, 6, 30)


@pytest.fixture
def proposed(tmp_path) -> Path:
    for table in TABLES:
        shutil.copy(SEEDS / table.file, tmp_path)
    return tmp_path


def change(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / f"{name}.csv"
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_numbers_written_otherwise_are_no_difference(proposed):
    change(proposed, "member_levels", ",800,1.10,", ",800.00,1.1,")
    assert differences(SEEDS, proposed) == []


def test_a_version_that_only_goes_on_as_it_was_is_no_difference(proposed):
    new = "1.10,2000-01-01,2027-01-01\n3,silver,Silver,银牌会员,800,1.10,2027-01-01,"
    change(proposed, "member_levels", "1.10,2000-01-01,", new)
    assert differences(SEEDS, proposed) == []


def test_a_rule_changed_in_place_differs_from_its_first_day(proposed):
    change(proposed, "member_levels", ",800,1.10,", ",700,1.10,")
    assert differences(SEEDS, proposed) == [Difference("member_levels", 1, 1, date(2000, 1, 1))]


def test_a_next_version_differs_from_the_day_it_begins(proposed):
    new = "1.10,2000-01-01,2027-01-01\n3,silver,Silver,银牌会员,700,1.10,2027-01-01,"
    change(proposed, "member_levels", "1.10,2000-01-01,", new)
    assert differences(SEEDS, proposed) == [Difference("member_levels", 2, 1, date(2027, 1, 1))]


def test_a_level_given_to_one_member_is_a_difference(proposed):
    path = proposed / "level_grants.csv"
    path.write_text(path.read_text() + "g1,m1,gold,2026-07-01,2026-08-01,an apology\n", encoding="utf-8")
    assert differences(SEEDS, proposed) == [Difference("level_grants", 1, 0, date(2026, 7, 1))]


# The tables compared, with the columns looked at.
COLUMNS = {
    "intermediate.member_levels": "level, level_rank, name_en",
    "marts.member_tiers": "customer_id, level, growth_value, expires_on",
    "marts.growth_ledger": "rule_id, growth_value, counts_from, reverses_entry_id",
    "intermediate.value_tier_thresholds": "value_tier, tier_rank, name_en",
    "marts.customer_value_tiers": "customer_id, value_tier, net_sales",
    "marts.tier_benefits": """
        level, benefit, is_entitled, use_count, entitled_member_count, member_count, unit_cost, allowed_uses,
        period, units, measured_days
    """,
}

TODAY = {
    "member_levels": "('low', 1, 'Low'), ('mid', 2, 'Mid'), ('high', 3, 'High')",
    "member_tiers": """
        ('stays', 'mid', 90, null), ('rises', 'low', 50, null), ('falls', 'mid', 80, null),
        ('dropped', 'high', 300, null), ('longer', 'low', 5, date '2026-08-01'),
        ('shorter', 'low', 5, date '2026-08-01'), ('left', null, 7, null)
    """,
    "growth_ledger": "('purchase', 100, date '2026-06-01', null), ('review', 7, date '2026-06-30', null)",
    "value_tier_thresholds": "('small', 1, 'Small'), ('main', 2, 'Main')",
    "customer_value_tiers": "('rises', 'small', 900), ('falls', 'main', 1000)",
    "tier_benefits": """
        ('low', 'voucher', true, 4, 40, 10, 5, 1, 'year', 2, 365),
        ('high', 'voucher', false, 0, 0, 1, 5, null, null, null, 365),
        ('mid', 'voucher', true, 10, 20, 5, 5, 1, 'month', 2, 365)
    """,
}
PROPOSED = {
    "member_levels": "('low', 1, 'Low'), ('new', 2, 'New'), ('mid', 3, 'Mid')",
    "member_tiers": """
        ('stays', 'mid', 90, null), ('rises', 'new', 60, null), ('falls', 'low', 80, null),
        ('dropped', 'mid', 300, null), ('longer', 'low', 6, null),
        ('shorter', 'low', 5, date '2026-07-01'), ('left', null, 7, null)
    """,
    "growth_ledger": """
        ('purchase', 120, date '2026-06-01', null), ('purchase', -20, date '2026-06-02', 'an entry'),
        ('purchase', 11, date '2025-06-30', null), ('review', 7, date '2026-06-30', null)
    """,
    "value_tier_thresholds": "('small', 1, 'Small'), ('main', 2, 'Main')",
    "customer_value_tiers": "('rises', 'main', 900), ('falls', 'main', 1000)",
    "tier_benefits": """
        ('low', 'voucher', true, 0, 0, 4, 5, 1, 'year', 2, 365),
        ('new', 'voucher', true, 0, 0, 10, 5, 2, 'quarter', 2, 365)
    """,
}


@pytest.fixture
def comparison() -> Comparison:
    with duckdb.connect() as connection:
        for schema in ("intermediate", "marts"):
            connection.execute(f"create schema {schema}")
        for whose, says in (("today", TODAY), ("proposed", PROPOSED)):
            for table, columns in COLUMNS.items():
                rows, dates = (
                    says[table.split(".")[1]],
                    "date '2000-01-01' as valid_from, cast(null as date) as valid_to",
                )
                connection.execute(
                    f"create or replace table {table} as select *, {dates} from (values {rows}) as t({columns})"
                )
            remember(connection, whose, DAY)
        return compare(connection)


def test_levels_new_and_dropped_stand_where_they_belong(comparison):
    assert comparison.levels == [Rung("High", 1, 0), Rung("Mid", 2, 2), Rung("New", 0, 1), Rung("Low", 3, 3)]


def test_moves_are_up_or_down_on_one_ladder(comparison):
    assert comparison.level_moves == [Move(1, "Low", "New", 1), Move(-1, "High", "Mid", 1), Move(-1, "Mid", "Low", 1)]
    assert comparison.tier_moves == [Move(1, "Small", "Main", 1)]


def test_people_are_named_with_growth_value_those_who_fall_first(comparison):
    assert [person.customer_id for person in comparison.people] == ["dropped", "falls", "rises", "rises"]
    assert comparison.people[2] == Person("level", "rises", "low", "new", 50, 60)
    assert comparison.people[3] == Person("value tier", "rises", "small", "main", 900, 900)


def test_growth_issued_is_that_of_the_year_before_returns(comparison):
    assert comparison.growth == [Pair("", 107, 127), Pair("purchase", 100, 120)]
    assert comparison.growth_value == Pair("growth value of all members", 530, 541)


def test_levels_kept_longer_and_less_long_are_counted(comparison):
    assert (comparison.longer, comparison.shorter, comparison.members_valued_otherwise) == (1, 1, 1)


def test_benefits_cost_what_the_members_of_each_level_may_use_and_do_use(comparison):
    """Low: 4 uses of 40 members. A new level's members are taken to use it as all did: 14 of 60."""
    allowed, used = comparison.benefits
    assert allowed == Pair(
        "if all that is allowed is used", Decimal(10 * 10 + 5 * 10 * 12), Decimal(4 * 10 + 10 * 10 * 8)
    )
    assert not comparison.has_unlimited
    assert used.before == Decimal(10 * 10 * 4) / 40 + Decimal(5 * 10 * 10) / 20
    assert used.after == round(Decimal(4 * 10 * 4) / 40 + Decimal(10 * 10 * 14) / 60, 2)


def simulation(comparison: Comparison, **changes) -> Simulation:
    difference = Difference("member_levels", 1, 1, DAY)
    return replace(Simulation([difference], DAY, DAY, comparison), **changes)


def test_the_words_are_a_table_of_today_and_proposed(comparison):
    lines = list(in_words(simulation(comparison), limit=1))
    table = [line.split() for line in lines]
    assert ["Low", "3", "3", "="] in table
    assert ["High", "1", "0", "-1"] in table
    assert "1 rise, 2 fall, 3 stay at their level." in lines
    assert "  rise  Low → New  1" in lines
    assert "  … and 3 more (--limit, or --out FILE for all)" in lines


def test_a_change_in_place_says_that_the_past_is_judged_anew(comparison):
    earlier = [Difference("member_levels", 1, 1, date(2000, 1, 1))]
    text = "\n".join(in_words(simulation(comparison, differences=earlier)))
    assert "judges anew what customers did since then" in text
    assert "judges anew" not in "\n".join(in_words(simulation(comparison)))


def test_rules_that_begin_later_say_on_which_day_to_look(comparison):
    nothing = replace(
        comparison,
        levels=[Rung("Low", 3, 3)],
        level_moves=[],
        growth=[Pair("", 107, 107)],
        growth_value=Pair("", 5, 5),
        members_valued_otherwise=0,
        longer=0,
        shorter=0,
        benefits=[],
        tier_moves=[],
        tiers=[],
        people=[],
    )
    later = [Difference("member_levels", 1, 1, date(2027, 1, 1))]
    text = "\n".join(in_words(simulation(nothing, differences=later)))
    assert "--as-of 2027-01-01 or a later day" in text
    assert "Nothing changes on 2026-06-30" in text
    assert "Members by level" not in text


def test_a_later_day_says_what_is_assumed(comparison):
    text = "\n".join(in_words(simulation(comparison, built_as_of=date(2026, 1, 1))))
    assert "nothing is bought, earned or returned in between" in text
