"""One thing that is wrong with a file of rules, where, and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from customer360.errors import RulesError


@dataclass(frozen=True, order=True)
class Problem:
    """Sorts by file and line. A line is that of the file, the header being line 1; 0 where the whole file is meant."""

    file: str
    line: int
    column: str
    wrong: str
    do: str

    def __str__(self) -> str:
        where = [self.file] + [f"line {self.line}"] * bool(self.line) + [self.column] * bool(self.column)
        return f"{', '.join(where)}: {self.wrong}. {self.do}."


def refuse(problems: Iterable[Problem]) -> None:
    """Raise RulesError with one line a problem, if there are any."""
    found = sorted(problems)
    if found:
        count = "1 problem" if len(found) == 1 else f"{len(found)} problems"
        raise RulesError("\n".join([f"The rules cannot be used, nothing was run ({count}):", *map(str, found)]))
