"""Scores of a resolution: counted by hand on small cases, and against the pairs themselves on all others."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from customer360.identity import metrics
from customer360.identity.metrics import Score

# persons a (3 records), b (2), c (1); clusters 1 = {a, a}, 2 = {a, b, b}, 3 = {c}
PERSONS = np.array(["a", "a", "a", "b", "b", "c"])
CLUSTERS = np.array([1, 1, 2, 2, 2, 3])


def table(persons=PERSONS, clusters=CLUSTERS):
    return metrics.contingency(np.asarray(persons), np.asarray(clusters))


def test_pairs_counted_by_hand():
    # found: aa | ab ab bb = 4, true: aa aa aa | bb = 4, both: aa, bb
    score = metrics.pair_score(table())
    assert score == Score(right=2, found=4, true=4)
    assert (score.precision, score.recall, score.f1) == (0.5, 0.5, 0.5)


def test_only_clusters_that_are_exactly_one_person_are_right():
    assert metrics.cluster_score(table()) == Score(right=1, found=3, true=3)  # {c}; {a, a} lacks one a


def test_b_cubed_counted_by_hand():
    score = metrics.b_cubed(table())
    # precision of each record: 1 1 1/3 2/3 2/3 1, recall: 2/3 2/3 1/3 1 1 1
    assert score.precision == pytest.approx((1 + 1 + 1 / 3 + 2 / 3 + 2 / 3 + 1) / 6)
    assert score.recall == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1) / 6)


def test_the_worst_come_first_and_faultless_ones_not_at_all():
    assert metrics.most_fused(table(), 5) == [(1, 2)]  # cluster 2, numbered from 0, with ab and ab
    assert metrics.most_split(table(), 5) == [(0, 2)]  # person a, with two pairs missing
    persons, clusters = [1, 2, 3, 4, 4, 4], [7, 7, 8, 8, 9, 9]
    assert metrics.most_fused(table(persons, clusters), 1) == [(0, 1)]
    assert metrics.most_split(table(persons, persons), 5) == []


def test_nothing_found_has_no_precision_and_nothing_true_no_recall():
    alone = metrics.pair_score(table([1, 2, 3], [4, 5, 6]))
    assert (alone.precision, alone.recall, alone.f1) == (None, None, None)
    missed = metrics.pair_score(table([1, 1], [4, 5]))
    assert (missed.precision, missed.recall, missed.f1) == (None, 0, 0)


def test_no_records_at_all():
    empty = table([], [])
    assert metrics.pair_score(empty) == Score(0, 0, 0)
    assert metrics.b_cubed(empty).f1 is None
    assert metrics.most_fused(empty, 3) == []


def test_labellings_of_different_records_are_refused():
    with pytest.raises(ValueError, match="3 true labels for 2 found"):
        metrics.contingency(np.array([1, 2, 3]), np.array([1, 2]))


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=40))
def test_counting_gives_what_looking_at_every_pair_gives(labels):
    persons, clusters = (np.array(each) for each in zip(*labels, strict=True))
    pairs = list(combinations(range(len(labels)), 2))
    true = {pair for pair in pairs if persons[pair[0]] == persons[pair[1]]}
    found = {pair for pair in pairs if clusters[pair[0]] == clusters[pair[1]]}
    counted = table(persons, clusters)
    assert metrics.pair_score(counted) == Score(len(true & found), len(found), len(true))
    assert sum(wrong for _, wrong in metrics.most_fused(counted, 99)) == len(found - true)
    assert sum(missing for _, missing in metrics.most_split(counted, 99)) == len(true - found)
    true_sets = {frozenset(np.flatnonzero(persons == each)) for each in persons}
    found_sets = {frozenset(np.flatnonzero(clusters == each)) for each in clusters}
    assert metrics.cluster_score(counted) == Score(len(true_sets & found_sets), len(found_sets), len(true_sets))
    mine = [set(np.flatnonzero(clusters == clusters[n])) for n in range(len(labels))]
    same = [set(np.flatnonzero(persons == persons[n])) for n in range(len(labels))]
    both = [len(a & b) for a, b in zip(mine, same, strict=True)]
    b_cubed = metrics.b_cubed(counted)
    assert b_cubed.precision == pytest.approx(np.mean([b / len(m) for b, m in zip(both, mine, strict=True)]))
    assert b_cubed.recall == pytest.approx(np.mean([b / len(s) for b, s in zip(both, same, strict=True)]))


def test_one_cluster_of_a_million_records_is_counted_without_its_pairs():
    labels = np.arange(1_000_000) // 2
    counted = table(labels, np.zeros(1_000_000, dtype=np.int64))
    assert metrics.pair_score(counted) == Score(500_000, 1_000_000 * 999_999 // 2, 500_000)
