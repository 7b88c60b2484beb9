"""The full transitive closure of links: records joined by any chain of links, however long, are one group."""

from __future__ import annotations

import duckdb
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


def group_records(connection: duckdb.DuckDBPyConnection, *, nodes: str, links: str, table: str) -> None:
    """Make the temp table `table`: all columns of `nodes` and the group_id that closing over all chains of links gives.

    nodes: a table expression with record_key and node (0 … n-1). links: one with record_key_a and record_key_b.
    """
    edges = connection.execute(
        f"""
        select lefts.node as left_node, rights.node as right_node
        from {links} as links
        inner join {nodes} as lefts on links.record_key_a = lefts.record_key
        inner join {nodes} as rights on links.record_key_b = rights.record_key
        """
    ).fetchnumpy()
    numbers = connection.execute(f"select node from {nodes} order by node").fetchnumpy()["node"]
    group_of_node = {"node": numbers, "group_id": groups(edges["left_node"], edges["right_node"], len(numbers))}
    connection.register("group_of_node", group_of_node)
    connection.execute(
        f"create or replace temp table {table} as select * from {nodes} as nodes inner join group_of_node using (node)"
    )
    connection.unregister("group_of_node")
