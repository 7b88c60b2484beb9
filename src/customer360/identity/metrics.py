"""How well a resolution agrees with the truth: pairs, whole clusters and B-cubed, and where it is most wrong.

Everything is counted from the contingency table of true persons and found clusters, so no pair is ever enumerated: a
million records take about a second.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Score:
    """`right` of `found` agree with the truth, which has `true`. A share of nothing is None."""

    right: float
    found: float
    true: float

    @property
    def precision(self) -> float | None:
        return self.right / self.found if self.found else None

    @property
    def recall(self) -> float | None:
        return self.right / self.true if self.true else None

    @property
    def f1(self) -> float | None:
        return 2 * self.right / (self.found + self.true) if self.found + self.true else None


@dataclass(frozen=True)
class BCubed:
    """Means over all records: of a record's cluster the share that is its person, and the other way round."""

    precision: float | None
    recall: float | None

    @property
    def f1(self) -> float | None:
        if self.precision is None or self.recall is None:
            return None
        return 2 * self.precision * self.recall / (self.precision + self.recall)


@dataclass(frozen=True)
class Contingency:
    """How the records of true persons fall into found clusters.

    person, cluster, size: one entry per person and cluster that share records, and how many they share.
    person_sizes, cluster_sizes: records per person and per cluster, indexed by the codes 0 … n-1.
    """

    person: np.ndarray
    cluster: np.ndarray
    size: np.ndarray
    person_sizes: np.ndarray
    cluster_sizes: np.ndarray


def contingency(persons: np.ndarray, clusters: np.ndarray) -> Contingency:
    """The contingency table of two labellings of the same records, in the same order. Labels may be of any type."""
    if len(persons) != len(clusters):
        raise ValueError(f"{len(persons)} true labels for {len(clusters)} found ones")
    _, person = np.unique(persons, return_inverse=True)
    _, cluster = np.unique(clusters, return_inverse=True)
    width = int(cluster.max(initial=-1)) + 1 or 1
    cells, size = np.unique(person.astype(np.int64) * width + cluster, return_counts=True)
    return Contingency(cells // width, cells % width, size, np.bincount(person), np.bincount(cluster))


def pairs(size: np.ndarray) -> np.ndarray:
    """The number of pairs among `size` records."""
    size = size.astype(np.int64)
    return size * (size - 1) // 2


def pair_score(table: Contingency) -> Score:
    """Of all pairs of records: found together, truly together, both."""
    return Score(
        int(pairs(table.size).sum()), int(pairs(table.cluster_sizes).sum()), int(pairs(table.person_sizes).sum())
    )


def cluster_score(table: Contingency) -> Score:
    """Of all clusters, single records included: those that hold all records of a person and no other."""
    exact = (table.size == table.person_sizes[table.person]) & (table.size == table.cluster_sizes[table.cluster])
    return Score(int(exact.sum()), len(table.cluster_sizes), len(table.person_sizes))


def b_cubed(table: Contingency) -> BCubed:
    """The mean over records of how pure their cluster is, and of how much of their person it holds."""
    records = table.size.sum()
    if not records:
        return BCubed(None, None)
    squares = table.size.astype(np.float64) ** 2
    return BCubed(
        float((squares / table.cluster_sizes[table.cluster]).sum() / records),
        float((squares / table.person_sizes[table.person]).sum() / records),
    )


def most_fused(table: Contingency, count: int) -> list[tuple[int, int]]:
    """The clusters with most wrong pairs, worst first, as (cluster code, wrong pairs); at most `count` of them."""
    right = np.bincount(table.cluster, weights=pairs(table.size), minlength=len(table.cluster_sizes)).astype(np.int64)
    return _largest(pairs(table.cluster_sizes) - right, count)


def most_split(table: Contingency, count: int) -> list[tuple[int, int]]:
    """The persons with most missing pairs, worst first, as (person code, missing pairs); at most `count` of them."""
    right = np.bincount(table.person, weights=pairs(table.size), minlength=len(table.person_sizes)).astype(np.int64)
    return _largest(pairs(table.person_sizes) - right, count)


def _largest(values: np.ndarray, count: int) -> list[tuple[int, int]]:
    order = np.argsort(-values, kind="stable")[:count]
    return [(int(each), int(values[each])) for each in order if values[each] > 0]
