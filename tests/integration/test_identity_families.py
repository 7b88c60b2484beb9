"""The resolver on families of made-up people: sane on each, and the same when nothing is new."""

from __future__ import annotations

from contextlib import closing
from itertools import islice
from random import Random

import pytest

from bench.identity_families import FAMILIES, write
from bench.identity_resolve import connect, digest, read
from customer360.config import Settings
from customer360.identity.evaluate import evaluate
from customer360.identity.resolver import Previous, resolve

RECORDS = 3_000
# What no change may fall below, at this size; the figures themselves are in docs/performance.md.
LEAST = {
    "register": (0.95, 0.60),
    "thin": (0.95, 0.75),
    "deep": (0.99, 0.95),
    "two_lists": (0.99, 0.97),
    "figures": (0.97, 0.80),
    "commerce": (0.96, 0.88),
    "organisations": (0.90, 0.60),
}


@pytest.fixture(scope="module")
def commerce(tmp_path_factory):
    file = tmp_path_factory.mktemp("families") / "commerce.parquet"
    write(FAMILIES["commerce"], file, records=RECORDS)
    return file


@pytest.mark.parametrize("name", FAMILIES)
def test_a_seed_gives_the_same_people_and_another_seed_others(name):
    def rows(seed):
        return list(islice(FAMILIES[name].rows(Random(seed), 500), 500))

    assert rows("one") == rows("one")
    assert rows("one") != rows("two")


@pytest.mark.parametrize("name", FAMILIES)
def test_no_family_is_given_up_for_another(name, tmp_path):
    file = tmp_path / "records.parquet"
    write(FAMILIES[name], file, records=RECORDS)
    result = evaluate(Settings(home=tmp_path), file, truth="person", worst=0)
    least_precision, least_recall = LEAST[name]
    assert result.pairs.precision >= least_precision
    assert result.pairs.recall >= least_recall


def test_a_run_with_nothing_new_finds_the_same(commerce):
    with closing(connect("")) as connection:
        read(connection, commerce)
        model = resolve(connection, records="source_records")
        before = digest(connection), _rows(connection)
        _remember(connection)
        again = resolve(connection, records="source_records", previous=Previous(model, "kept_pairs", "kept_hashes"))
        assert (digest(connection), _rows(connection)) == before
        assert again.to_json() == model.to_json()


def test_new_records_leave_alone_what_they_do_not_touch(commerce):
    """The clusters without any new record are the same as before, and what was judged of old pairs stands."""
    with closing(connect("")) as connection:
        read(connection, commerce)
        connection.execute("create temp table everything as from source_records")
        connection.execute("create temp table earlier as from everything where hash(record_key) % 50 > 0")
        model = resolve(connection, records="earlier")
        connection.execute("create temp table clusters_before as from resolved")
        _remember(connection)
        resolve(connection, records="everything", previous=Previous(model, "kept_pairs", "kept_hashes"))
        (arrived,) = connection.execute(
            "select count(*) from everything anti join earlier using (record_key)"
        ).fetchone()
        assert arrived > 20
        moved = connection.execute(
            """
            with
            touched as (
                select cluster from resolved anti join earlier using (record_key)
            ),
            untouched as (
                select record_key, min(record_key) over (partition by cluster) as first_key
                from resolved anti join touched using (cluster)
            ),
            before as (
                select record_key, min(record_key) over (partition by cluster) as first_key from clusters_before
            )
            select count(*) from untouched inner join before using (record_key)
            where untouched.first_key <> before.first_key
            """
        ).fetchone()
        assert moved == (0,)


def _remember(connection) -> None:
    connection.execute("create or replace temp table kept_pairs as from pairs")
    connection.execute("create or replace temp table kept_hashes as select record_key, feature_hash from features")


def _rows(connection) -> list[tuple]:
    return connection.execute("select * from pairs order by all").fetchall()
