"""What the matching model learns: from little, from nothing, from thin evidence; the same from the same records."""

from __future__ import annotations

import json
import warnings
from itertools import combinations, islice
from random import Random

import pytest
from identity_town import Row, add_records, connect, found, learned, resolve_rows, strangers, with_model

from bench.identity_families import FAMILIES
from customer360.identity.comparisons import COMPARISONS
from customer360.identity.model import Model, untrained
from customer360.identity.resolver import resolve


def family(name: str, records: int, seed: str = "") -> dict[str, Row]:
    rows = islice(FAMILIES[name].rows(Random(f"{name}{seed}"), records), records)
    return {f"{name}.records:{at:05}": row for at, row in enumerate(rows)}


def precision_and_recall(rows: dict[str, Row], clusters: set[frozenset[str]]) -> tuple[float, float]:
    def pairs(groups) -> set[frozenset[str]]:
        return {frozenset(pair) for group in groups for pair in combinations(group, 2)}

    persons: dict[str, set[str]] = {}
    for key, row in rows.items():
        persons.setdefault(row["person"], set()).add(key)
    predicted, true = pairs(clusters), pairs(persons.values())
    return len(predicted & true) / max(len(predicted), 1), len(predicted & true) / max(len(true), 1)


def check(model: Model) -> None:
    """Every level of every comparison has its shares, and they are shares."""
    assert 0 < model.share <= 0.5
    for comparison in COMPARISONS:
        for shares in (model.m[comparison.name], model.u[comparison.name]):
            assert len(shares) == len(comparison.levels)
            assert all(0 < share <= 1 for share in shares)


@pytest.mark.parametrize("records", [1, 3, 30])
def test_few_records_train_a_model_without_a_warning(records):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        rows = family("commerce", records)
        outcome = resolve_rows(rows)
    check(outcome.model)
    assert set().union(*outcome.clusters) == set(rows)
    fused = [cluster for cluster in outcome.clusters if len({rows[key]["person"] for key in cluster}) > 1]
    assert fused == []


def test_no_records_are_no_clusters_and_the_priors():
    outcome = resolve_rows({})
    assert outcome.clusters == set()
    assert outcome.pairs == {}
    assert outcome.model == untrained(0)


def test_records_that_say_nothing_are_everyone_for_themselves():
    outcome = resolve_rows({f"nothing.records:{at}": {} for at in range(40)})
    check(outcome.model)
    assert {len(cluster) for cluster in outcome.clusters} == {1}
    assert outcome.pairs == {}


@pytest.mark.parametrize("name", ["thin", "register"])
def test_names_and_birth_dates_alone_fuse_no_strangers(name):
    """The data on which plain training runs away: the fewer dates strangers share, the more pairs are one person."""
    rows = family(name, 2_000)
    outcome = resolve_rows(rows)
    precision, recall = precision_and_recall(rows, outcome.clusters)
    assert precision >= 0.98
    assert recall >= 0.5
    true_pairs = len(rows) - len({row["person"] for row in rows.values()})
    assert outcome.model.share < 3 * true_pairs / (len(rows) * (len(rows) - 1) / 2)


def test_a_model_is_the_same_after_a_round_trip_through_json():
    model = learned()
    check(model)
    assert Model.from_json(model.to_json()) == model
    assert Model.from_json(model.to_json()).to_json() == model.to_json()
    assert json.loads(model.to_json())["record_count"] == model.record_count


def test_training_does_not_depend_on_the_order_of_rows_nor_on_threads():
    with connect(threads=4) as connection:
        connection.register("given", strangers())
        connection.execute("create temp table shuffled as from given order by hash(record_key, 7)")
        model = resolve(connection, records="shuffled")
    assert model.to_json() == learned().to_json()


def test_a_given_model_is_used_as_it_is_and_scores_nothing_else():
    """Two of one name and birth date: one person for a model that thinks so, a question for one that does not."""
    rows = {
        "a.records:1": {"full_name": "Ophelia Bramwell", "birth_date": "1969-08-30", "city": "Truro"},
        "b.records:1": {"full_name": "Ophelia Bramwell", "birth_date": "1969-08-30", "city": "Truro"},
    }
    sure, unsure = untrained(2), untrained(2)
    sure.u["birth_date"][0] = 1e-6
    unsure.u["birth_date"][0] = 0.5
    for model, together in ((sure, True), (unsure, False)):
        with connect() as connection:
            add_records(connection, rows)
            used = resolve(connection, records="source_records", previous=with_model(model))
            assert used is model
            assert found(connection, used).together("a.records:1", "b.records:1") is together


def test_more_data_counts_more_than_the_priors():
    prior = {comparison.name: [level.m for level in comparison.levels] for comparison in COMPARISONS}
    assert abs(learned().m["name"][0] - prior["name"][0]) > 0.1
    few = resolve_rows(family("commerce", 10)).model
    assert abs(few.m["name"][0] - prior["name"][0]) < 0.1
