"""What was believed at each time between three builds, and what had been learnt by then, from marts of a few rows."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import duckdb
import pytest

from customer360.levels import explain_facts as facts

DAY = date(2026, 3, 31)
FIRST, SECOND, THIRD = (datetime(2026, 4, number) for number in (1, 10, 20))


@pytest.fixture
def marts():
    """A level and a line that were believed otherwise after each of three builds."""
    connection = duckdb.connect()
    connection.execute(
        f"""
        create schema marts;
        create table marts.member_tier_history as
        select 'C1' as customer_id, 'silver' as level, date '2026-01-01' as valid_from, null::date as valid_to,
            'joined' as change_reason, timestamp '{THIRD}' as known_at;
        create table marts.member_tier_restatements as
        select customer_id, level, valid_from, valid_to, change_reason, known_at, known_until,
            because as restated_because, because as restated_because_zh, 'O1' as restated_by
        from (
            select * replace ('bronze' as level, timestamp '{FIRST}' as known_at),
                timestamp '{SECOND}' as known_until, 'late order' as because
            from marts.member_tier_history
            union all
            select * replace ('gold' as level, timestamp '{SECOND}' as known_at), timestamp '{THIRD}', 'late refund'
            from marts.member_tier_history
        );
        create table marts.growth_ledger as
        select 'C1' as customer_id, 'e1' as entry_id, date '2026-01-02' as counts_from, date '2027-01-02' as expires_on,
            30.00::decimal(18, 2) as growth_value, 30 as units, 1 as growth_per_unit, 1 as coefficient,
            'O1' as order_id, 'O1-1' as source_record_id, null::varchar as reverses_entry_id, 'en' as sentence_en,
            'zh' as sentence_zh, timestamp '{THIRD}' as known_at;
        create table marts.growth_ledger_restatements as
        select * replace (10.00 as growth_value, timestamp '{FIRST}' as known_at), timestamp '{SECOND}' as known_until,
            'late order' as restated_because, 'late order' as restated_because_zh
        from marts.growth_ledger
        union all
        select * replace (20.00 as growth_value, timestamp '{SECOND}' as known_at), timestamp '{THIRD}',
            'late refund', 'late refund'
        from marts.growth_ledger
        """
    )
    return connection


@pytest.mark.parametrize(
    ("known_at", "level", "growth", "learnt"),
    [
        (datetime(2026, 3, 31), [], [], []),
        (FIRST, ["bronze"], ["10.00"], []),
        (datetime(2026, 4, 9, 23, 59), ["bronze"], ["10.00"], []),
        (SECOND, ["gold"], ["20.00"], ["late order"]),
        (THIRD, ["silver"], ["30.00"], ["late refund", "late order"]),
        (None, ["silver"], ["30.00"], ["late refund", "late order"]),
    ],
)
def test_at_each_time_what_was_believed_then_and_what_had_been_learnt(marts, known_at, level, growth, learnt):
    history = facts.history(marts, "C1", DAY, known_at)
    assert [period.level for period in history] == level
    assert [line.growth for line in facts.lines(marts, "C1", DAY, known_at)] == [Decimal(each) for each in growth]
    restated = facts.restatements(marts, "C1", DAY, known_at, history)
    assert [each.because["en"] for each in restated if each.period] == learnt
    lines = [each for each in restated if not each.period]
    assert [each.because["en"] for each in lines] == learnt
    assert {str(each.growth_now) for each in lines} == set(growth if learnt else [])


def test_of_days_before_what_was_restated_nothing_is_told(marts):
    assert facts.restatements(marts, "C1", date(2025, 12, 31), None, ()) == ()
