"""The shortest way between two records, over links of any kind."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable


def shortest_path(start: str, end: str, neighbours: Callable[[str], Iterable[str]]) -> list[str] | None:
    """The keys from `start` to `end`, both included, over as few links as there are; None when no chain joins them.

    Of several shortest ways, the one whose keys sort first, so that the answer is always the same.
    """
    reached_from: dict[str, str | None] = {start: None}
    waiting = deque([start])
    while waiting and end not in reached_from:
        here = waiting.popleft()
        for there in sorted(neighbours(here)):
            if there not in reached_from:
                reached_from[there] = here
                waiting.append(there)
    if end not in reached_from:
        return None
    path = [end]
    while (before := reached_from[path[-1]]) is not None:
        path.append(before)
    return path[::-1]


def reachable(start: str, neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    """`start`, and every record that some chain joins to it."""
    found, waiting = {start}, [start]
    while waiting:
        new = set(neighbours(waiting.pop())) - found
        found |= new
        waiting.extend(new)
    return found
