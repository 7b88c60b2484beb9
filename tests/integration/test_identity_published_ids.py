"""An id that readers have seen is never forgotten, even when only our own rules change and no new data comes."""

from datetime import datetime

import duckdb

from customer360.identity.assignments import changed_assignments

LOADED, PUBLISHED = datetime(2026, 3, 1, 8), datetime(2026, 3, 1, 9)


def run(connection: duckdb.DuckDBPyConnection, *, linked: bool, published: bool, again: bool) -> list[tuple]:
    """Two records of one load, linked or not; what the history says of the second."""
    connection.execute(
        f"""
        create or replace table records as
        select k as record_key, 'shop' as source_system, 'customers' as source_table, k as source_record_id,
            timestamp '2025-01-01' as first_seen_at, timestamp '{LOADED}' as _loaded_at
        from unnest(['a', 'b']) as t(k);
        create or replace table links as
        select 'a' as record_key_a, 'b' as record_key_b, 'email' as match_rule, 1 as rule_rank,
            1.0::double as match_probability
        where {linked};
        create or replace table decisions (decided_at timestamp);
        create or replace table published as select timestamp '{PUBLISHED}' as published_at where {published};
        """
    )
    changed = changed_assignments(
        connection,
        records="records",
        links="links",
        decisions="decisions",
        published="published",
        previous="kept" if again else None,
    )
    changed.create("changed")
    if again:
        connection.execute(
            "delete from kept using changed "
            "where (changed.record_key, changed.valid_from) = (kept.record_key, kept.valid_from)"
        )
        connection.execute("insert into kept select * from changed")
        connection.execute("drop table changed")
    else:
        connection.execute("alter table changed rename to kept")
    return connection.execute(
        "select customer_id, valid_from, valid_to from kept where record_key = 'b' order by valid_from"
    ).fetchall()


def test_a_published_id_that_another_rule_retires_still_resolves():
    connection = duckdb.connect()
    ((alone, _, _),) = run(connection, linked=False, published=False, again=False)
    beliefs = run(connection, linked=True, published=True, again=True)
    assert beliefs[0] == (alone, LOADED, PUBLISHED)
    assert beliefs[1][1:] == (PUBLISHED, None)
    assert run(connection, linked=True, published=True, again=True) == beliefs


def test_an_id_that_nobody_saw_is_replaced_within_its_load():
    connection = duckdb.connect()
    run(connection, linked=False, published=False, again=False)
    assert len(run(connection, linked=True, published=False, again=True)) == 1
