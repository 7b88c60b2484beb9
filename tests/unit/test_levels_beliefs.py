"""Why an entry of the ledger is believed no longer: each reason, from the facts that bring it about."""

from __future__ import annotations

from datetime import datetime

import duckdb
import pytest

from customer360.levels.entries import restated_entries
from customer360.levels.rules import load_rules

FIRST, SECOND = datetime(2026, 1, 1, 6), datetime(2026, 2, 1, 6)


@pytest.fixture
def connection():
    """Two members; c1 bought for 100 in January, which makes them gold, and for 10 in February, which counts double."""
    with duckdb.connect() as connection:
        connection.execute(
            """
            create table levels as
            select * from (values (1, 0.00, 1.0), (2, 100.00, 2.0)) as levels (level_rank, growth_from, coefficient),
                (select date '2000-01-01' as valid_from, null::date as valid_to);
            create table level_rules as
            select 365 as validity_days, 30 as grace_days, 'one_level' as downgrade, date '2000-01-01' as valid_from,
                null::date as valid_to;
            create table members as
            select unnest(['c1', 'c2']) as customer_id, date '2025-01-01' as joined_on, null::date as cancelled_on;
            create table grants (
                customer_id varchar, grant_id varchar, valid_from date, valid_to date, level_rank integer
            );
            create table facts as
            select
                'buy-v1-' || line as entry_id, 'c1' as customer_id, day::timestamp as occurred_at, day as counts_from,
                day + 365 as expires_on, 'buy' as rule_id, 1 as rule_version, units::decimal(18, 4) as units,
                1.0::decimal(18, 4) as growth_per_unit, true as uses_coefficient, units::decimal(18, 2) as base_growth,
                'shop' as source_system, 'order_items' as source_table, line as source_record_id,
                'o' || line as order_id
            from (values ('1', date '2025-01-10', 100), ('2', date '2025-02-10', 10)) as lines (line, day, units);
            create table reversals (
                entry_id varchar, reverses_entry_id varchar, customer_id varchar, occurred_at timestamp,
                counts_from date, part bigint, whole bigint, source_system varchar, source_table varchar,
                source_record_id varchar, order_id varchar
            );
            """
        )
        _restated(connection, None, FIRST).create("believed")
        yield connection


def _restated(connection, previous: str | None, known_at: datetime) -> duckdb.DuckDBPyRelation:
    return restated_entries(
        connection,
        facts="facts",
        reversals="reversals",
        members="members",
        grants="grants",
        rules=load_rules(connection, levels="levels", level_rules="level_rules"),
        previous=previous,
        known_at=known_at,
    )


@pytest.mark.parametrize(
    ("change", "reasons"),
    [
        ("update facts set units = 120, base_growth = 120 where source_record_id = '1'", {"1": "record corrected"}),
        # What the source says goes before what follows from it: the second entry loses its coefficient, too.
        (
            "update facts set units = units / 2, base_growth = base_growth / 2",
            {"1": "record corrected", "2": "record corrected"},
        ),
        (
            "delete from facts where source_record_id = '1'; update facts set occurred_at = '2025-02-10 09:00'",
            {"1": "withdrawn", "2": "record corrected"},
        ),
        ("update facts set order_id = 'another' where source_record_id = '1'", {"1": "record corrected"}),
        ("update facts set occurred_at = '2025-01-10 09:00' where source_record_id = '1'", {"1": "record corrected"}),
        (
            "update facts set growth_per_unit = 2, base_growth = 200 where source_record_id = '1'",
            {"1": "rules changed"},
        ),
        ("update facts set expires_on = '2025-12-31' where source_record_id = '1'", {"1": "rules changed"}),
        (
            "update facts set entry_id = 'buy-v2-1', rule_version = 2 where source_record_id = '1'",
            {"1": "rules changed"},
        ),
        ("delete from facts where source_record_id = '1'", {"1": "withdrawn", "2": "level restated"}),
        (
            "update facts set customer_id = 'c2' where source_record_id = '1'",
            {"1": "customers joined or parted", "2": "level restated"},
        ),
    ],
)
def test_what_is_believed_no_longer_says_why(connection, change, reasons):
    connection.execute(change)
    _restated(connection, "believed", SECOND).create("came_out")
    closed = connection.execute(
        "select source_record_id, restated_because, known_at, known_until from came_out where known_until is not null"
    ).fetchall()
    assert {record: because for record, because, _, _ in closed} == reasons
    assert {(known_at, known_until) for _, _, known_at, known_until in closed} == {(FIRST, SECOND)}


def test_what_comes_out_as_before_keeps_the_time_it_became_known(connection):
    connection.execute(
        "insert into facts select * replace ('buy-v1-3' as entry_id, '3' as source_record_id) from facts"
    )
    connection.execute("delete from facts where entry_id = 'buy-v1-3' and units = 10")
    connection.execute(
        "update facts set occurred_at = '2025-03-10', counts_from = '2025-03-10' where units = 100"
        " and source_record_id = '3'"
    )
    _restated(connection, "believed", SECOND).create("came_out")
    known = connection.execute("select source_record_id, known_at, known_until from came_out order by 1").fetchall()
    assert known == [("1", FIRST, None), ("2", FIRST, None), ("3", SECOND, None)]


def test_nothing_changed_is_nothing_to_store(connection):
    _restated(connection, "believed", SECOND).create("came_out")
    assert connection.execute("select count(*) from came_out").fetchone() == (0,)
