"""The same records give the same pairs and customers, to the last digit: whatever the threads, the order, the run."""

from __future__ import annotations

import hashlib
from contextlib import closing
from random import Random

import pytest
from identity_town import add_records, connect, learned, strangers, table_of, with_model

from customer360.identity.resolver import resolve

TABLES = {
    "pairs": "record_key_a, record_key_b",
    "links": "record_key_a, record_key_b",
    "resolved": "record_key",
    "excluded": "identifier_type, identifier",
}


def digests(connection) -> dict[str, str]:
    """Of every row of what `resolve` leaves, in the order of its keys, figures with all their digits."""
    found = {}
    for table, keys in TABLES.items():
        rows = connection.execute(f"select * from {table} order by {keys}").fetchall()
        found[table] = hashlib.sha256(repr(rows).encode()).hexdigest()
    return found


def run(*, threads: int = 2, order: int | None = None, trained: bool = False) -> dict[str, str]:
    records = strangers()
    if order is not None:
        places = list(range(records.num_rows))
        Random(order).shuffle(places)
        records = records.take(places)
    keys = sorted(strangers()["record_key"].to_pylist())
    identifiers = [(key, "purchase", f"P{at // 3}") for at, key in enumerate(keys[::7])]
    decisions = [(keys[at], keys[at + 11], "link" if at % 2 else "unlink") for at in range(0, 200, 20)]
    with closing(connect(threads)) as connection:
        connection.register("records_given", records)
        connection.execute("create temp table source_records as from records_given")
        used = resolve(
            connection,
            records="source_records",
            identifiers=table_of(
                connection, "identifiers", ("record_key", "identifier_type", "identifier"), identifiers
            ),
            decisions=table_of(connection, "decisions", ("record_key_a", "record_key_b", "decision"), decisions),
            previous=None if trained else with_model(learned()),
        )
        assert connection.execute("select count(*) from pairs").fetchone()[0] > 1_000
        return digests(connection) | {"model": used.to_json()}


@pytest.fixture(scope="module")
def first() -> dict[str, str]:
    return run()


@pytest.mark.parametrize("threads", [1, 2, 4])
def test_the_number_of_threads_changes_nothing(first, threads):
    assert run(threads=threads) == first


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_rows_changes_nothing(first, seed):
    assert run(order=seed) == first


def test_a_model_trained_anew_is_the_same_to_the_last_digit_and_so_is_all_that_follows(first):
    assert run(threads=4, order=3, trained=True) == first


def test_normalising_in_another_order_changes_nothing():
    rows = {
        f"r.records:{at}": {"full_name": name, "email": f"{at}@example.org", "birth_date": f"1980-01-{at + 10}"}
        for at, name in enumerate(("李伟", "Li Wei", "Ann-Marie O'Neill", "Herr Weiß", "SMITH, Bob", "😀"))
    }
    with closing(connect()) as connection:
        add_records(connection, rows, "forwards")
        add_records(connection, dict(reversed(rows.items())), "backwards")
        for table in ("forwards", "backwards"):
            assert connection.execute(f"select count(*) from {table}").fetchone() == (len(rows),)
        assert connection.execute("select * from forwards except select * from backwards").fetchall() == []
