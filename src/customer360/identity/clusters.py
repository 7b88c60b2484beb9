"""From links to customers, without fusing strangers through a third record.

Most groups of linked records hang together well and stay whole. One that holds a contradiction, more records than a
person plausibly has, or few links for its size is taken apart and joined again, the best evidence first: two parts
become one when what speaks for it, over all pairs between them, outweighs what does not, and nothing forbids it. The
links left over are held for a person to decide.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

import duckdb
import numpy as np

from customer360.identity.closure import groups
from customer360.identity.judgement import CERTAIN_RULES

MOST_PROFILES = 100  # different spellings, addresses and numbers of one customer; more is a shared value, not a person
SPARSE_SIZE, SPARSE_SHARE = 5, 0.5  # from five profiles on, at least half of the pairs should be links
UNLINKED_WEIGHT = -1.5  # a pair between two parts that is no link and no question (log2)
EXACT_WEIGHT, CERTAIN_WEIGHT, DECIDED_WEIGHT = 1e3, 1e4, 1e6  # weakness holds no exact rule, only a contradiction does

APART = "it would bring together records that are known to be apart"
CROWDED = f"the customer would have more than {MOST_PROFILES} different records"
AMBIGUOUS = "a record without a name leads to several customers"
WEAK = "most records on its two sides do not look alike"


def guard_clusters(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the table `held_links` (left_node, right_node, reason): links of `judged` that must not be used.

    Reads `features` and `judged` (decisions of people have the match_rule 'decision').
    """
    (size,) = connection.execute("select count(*) from features").fetchone()
    links, apart = (_nodes(connection, condition) for condition in ("outcome = 'link'", "outcome in ('held', 'apart')"))
    group_of = groups(links[0], links[1], size)
    is_profile = _profiles(connection)
    doubtful = _doubtful_groups(group_of, is_profile, links, apart)
    connection.register("doubtful_nodes", {"node": np.flatnonzero(np.isin(group_of, doubtful))})
    connection.execute("create or replace temp table held_links (left_node bigint, right_node bigint, reason varchar)")
    nameless = set(
        connection.execute("select node from features semi join doubtful_nodes using (node) where name_key is null")
        .fetchnumpy()["node"]
        .tolist()
    )
    pairs = connection.execute(
        f"""
        select
            left_node, right_node, outcome,
            case
                when match_rule = 'decision' then {DECIDED_WEIGHT}
                when match_rule in {(*CERTAIN_RULES, "same_details")} then {CERTAIN_WEIGHT}
                when match_rule <> 'probabilistic' then {EXACT_WEIGHT}
                else greatest(-8, least(12, match_weight - 2.9)) -- 2.9: the odds of a link, as log2
            end as weight
        from judged
        where left_node in (select node from doubtful_nodes) and right_node in (select node from doubtful_nodes)
        order by left_node, right_node
        """
    ).fetchall()
    connection.unregister("doubtful_nodes")
    by_group = defaultdict(list)
    for left, right, outcome, weight in pairs:
        if group_of[left] == group_of[right]:
            by_group[group_of[left]].append((left, right, outcome, weight))
    held = [link for group in sorted(by_group) for link in _join_again(by_group[group], nameless, is_profile)]
    if held:
        connection.register(
            "held",
            {
                "left": np.array([h[0] for h in held]),
                "right": np.array([h[1] for h in held]),
                "reason": np.array([h[2] for h in held], dtype=object),
            },
        )
        connection.execute("insert into held_links select * from held")
        connection.unregister("held")


def _nodes(connection: duckdb.DuckDBPyConnection, condition: str) -> tuple[np.ndarray, np.ndarray]:
    rows = connection.execute(
        f"select left_node, right_node from judged where {condition} order by left_node, right_node"
    ).fetchnumpy()
    return rows["left_node"], rows["right_node"]


def _profiles(connection: duckdb.DuckDBPyConnection) -> np.ndarray:
    """Of each node, whether it counts: a guest's two hundredth order with the same details says nothing new."""
    rows = connection.execute("select record_key = profile_key as is_profile from features order by node").fetchnumpy()
    return np.asarray(rows["is_profile"], dtype=bool)


def _doubtful_groups(group_of: np.ndarray, is_profile: np.ndarray, links: tuple, apart: tuple) -> np.ndarray:
    sizes = np.bincount(group_of, weights=is_profile, minlength=len(group_of))
    between_profiles = is_profile[links[0]] & is_profile[links[1]]
    link_counts = np.bincount(group_of[links[0][between_profiles]], minlength=len(group_of))
    sparse = (sizes >= SPARSE_SIZE) & (link_counts < SPARSE_SHARE * sizes * (sizes - 1) / 2)
    torn = group_of[apart[0]][group_of[apart[0]] == group_of[apart[1]]]
    return np.unique(np.concatenate([np.flatnonzero((sizes > MOST_PROFILES) | sparse), torn]))


def _join_again(
    pairs: list[tuple[int, int, str, float]], nameless: set[int], is_profile: np.ndarray
) -> list[tuple[int, int, str]]:
    """Join the ends of one group's pairs again; returns the links left over, with reasons.

    What a person linked are two customers, with all their records: the parts are made first, then joined as decided.
    Where that would bring together what a person unlinked, the decided records are joined first and the others follow
    as they can.
    """
    parting = _Parting(pairs, is_profile)
    parting.contract(lambda entry: not entry.is_decided)
    if not parting.join_decided():
        parting = _Parting(pairs, is_profile)
        parting.contract(lambda entry: True)
    part_of = {node: part for part, nodes in parting.parts.items() for node in nodes}
    links = [(left, right) for left, right, outcome, _ in pairs if outcome == "link"]
    torn = {node for left, right in links if part_of[left] != part_of[right] for node in (left, right)} & nameless
    held = []
    for left, right in links:
        if part_of[left] != part_of[right]:
            held.append((left, right, parting.why(part_of[left], part_of[right])))
        elif (left in torn or right in torn) and not parting.is_decided(left, right):
            held.append((left, right, AMBIGUOUS))
    return held


@dataclass
class _Entry:
    """Between two parts: the weight of the pairs, how many are known, whether any forbids or decides the joining."""

    weight: float
    known: int
    forbids: bool
    is_decided: bool

    def __add__(self, other: _Entry) -> _Entry:
        return _Entry(
            self.weight + other.weight,
            self.known + other.known,
            self.forbids or other.forbids,
            self.is_decided or other.is_decided,
        )


class _Parting:
    """The parts of one group while they are joined, and what stands between them."""

    def __init__(self, pairs: list[tuple[int, int, str, float]], is_profile: np.ndarray) -> None:
        self.parts = {node: {node} for pair in pairs for node in pair[:2]}
        self.sizes = {node: int(is_profile[node]) for node in self.parts}
        self.between: dict[int, dict[int, _Entry]] = {node: {} for node in self.parts}
        self.linked: set[tuple[int, int]] = set()  # by a person
        self.unlinked: set[tuple[int, int]] = set()
        for left, right, outcome, weight in pairs:
            forbids, by_person = outcome in ("held", "apart"), weight >= DECIDED_WEIGHT
            if by_person:
                (self.unlinked if forbids else self.linked).add((left, right))
            entry = _Entry(0.0 if forbids else weight, 1, forbids, by_person and not forbids)
            self.between[left][right] = self.between[right][left] = entry

    def contract(self, may_join: Callable[[_Entry], bool]) -> None:
        """Join two parts while anything speaks for it on the whole, the best first."""
        heap = [(-self._gain(a, b), a, b) for a in self.between for b in self.between[a] if a < b]
        heapq.heapify(heap)
        while heap:
            negative, a, b = heapq.heappop(heap)
            if a not in self.parts or b not in self.parts or b not in self.between[a] or -negative != self._gain(a, b):
                continue
            if negative >= 0:
                break
            entry = self.between[a][b]
            if not may_join(entry):
                continue
            if not entry.is_decided and (entry.forbids or self.sizes[a] + self.sizes[b] > MOST_PROFILES):
                continue
            self._join(a, b)
            for c in self.between[a]:
                heapq.heappush(heap, (-self._gain(a, c), min(a, c), max(a, c)))

    def join_decided(self) -> bool:
        """Join the parts that a person linked; whether no two records that a person unlinked are then in one."""
        for left, right in sorted(self.linked):
            a, b = self._part(left), self._part(right)
            if a != b:
                self._join(a, b)
        return not any(self._part(left) == self._part(right) for left, right in self.unlinked)

    def is_decided(self, left: int, right: int) -> bool:
        return (left, right) in self.linked

    def why(self, a: int, b: int) -> str:
        if self.between[a][b].forbids:
            return APART
        return CROWDED if self.sizes[a] + self.sizes[b] > MOST_PROFILES else WEAK

    def _part(self, node: int) -> int:
        return next(part for part, nodes in self.parts.items() if node in nodes)

    def _gain(self, a: int, b: int) -> float:
        entry = self.between[a][b]
        return entry.weight + UNLINKED_WEIGHT * max(0, self.sizes[a] * self.sizes[b] - entry.known)

    def _join(self, a: int, b: int) -> None:
        entry = self.between[a].pop(b)
        self.parts[a] |= self.parts.pop(b)
        # Two that a person joined count as one: their other links are not weakened by the records they bring along.
        sizes = self.sizes[a], self.sizes.pop(b)
        self.sizes[a] = max(sizes) if entry.is_decided else sum(sizes)
        for c, other in self.between.pop(b).items():
            if c != a:
                del self.between[c][b]
                mine = self.between[a].get(c)
                self.between[a][c] = self.between[c][a] = mine + other if mine else other
