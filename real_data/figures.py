"""Compare the published figures of a data set with what the warehouse says, and print them side by side.

A data set's figures are a file in `figures/`: questions in SQL, and what the answer is known to be. A question may ask
the published file (`published.marts.…`) or, for what the marts do not keep, raw (`warehouse.raw.…`).
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import duckdb

from customer360.config import Settings

FOLDER = Path(__file__).parent / "figures"


@dataclass(frozen=True)
class Figure:
    """One known figure beside the answer; `why` says why another answer (`gives`) is right for this product."""

    name: str
    expected: str
    actual: str
    gives: str | None = None
    why: str | None = None

    @property
    def agrees(self) -> bool:
        return _same(self.actual, self.expected)

    @property
    def is_explained(self) -> bool:
        """The answer differs, is the one foreseen, and there is a reason for it."""
        return self.gives is not None and not self.agrees and _same(self.actual, self.gives)

    @property
    def passes(self) -> bool:
        return self.agrees or self.is_explained


def compare(settings: Settings, data_set: str, say: Callable[[str], None] = print) -> list[Figure]:
    """Ask every question of `figures/<data_set>.toml` and print the answers; returns all figures."""
    file = tomllib.loads((FOLDER / f"{data_set}.toml").read_text(encoding="utf-8"))
    say(f"\n{data_set}: {file['about']}")
    figures = []
    with duckdb.connect() as connection:
        connection.execute(f"attach '{settings.published / 'customer_360.duckdb'}' as published (read_only)")
        connection.execute(f"attach '{settings.warehouse}' as warehouse (read_only)")
        for view, query in file.get("view", {}).items():
            say(f"\n  {view} is\n{_indented(query)}")
            connection.execute(f"create temp view {view} as {query}")
        for question in file["question"]:
            say(f"\n  {question['about']}\n{_indented(question['sql'])}")
            asked = _ask(connection, question)
            for figure in asked:
                say(_line(figure))
            figures += asked
    return figures


def _ask(connection: duckdb.DuckDBPyConnection, question: dict) -> list[Figure]:
    answer = connection.execute(question["sql"])
    names = [column[0] for column in answer.description]
    row = answer.fetchone() or [None] * len(names)
    if set(names) != set(question["expected"]):
        raise ValueError(f"{question['about']}: the answer has {names}, expected are {list(question['expected'])}")
    actual = dict(zip(names, row, strict=True))
    explained = question.get("explained", {})
    return [
        Figure(name, str(expected), str(actual[name]), **explained.get(name, {}))
        for name, expected in question["expected"].items()
    ]


def _same(actual: str, expected: str) -> bool:
    """Equal as text, or as numbers rounded to the places the figure was published with."""
    try:
        return Decimal(actual).quantize(Decimal(expected)) == Decimal(expected)
    except ArithmeticError:
        return actual == expected


def _line(figure: Figure) -> str:
    mark = "✓" if figure.agrees else "≠" if figure.is_explained else "✗"
    values = f"expected {_shown(figure.expected):>16}   got {_shown(figure.actual):>16}"
    line = f"    {mark} {figure.name.replace('_', ' '):<34} {values}"
    if figure.is_explained:
        line += f"\n      {figure.why}"
    return line


def _shown(value: str) -> str:
    try:
        return f"{Decimal(value):,}"
    except ArithmeticError:
        return value


def _indented(query: str) -> str:
    return "\n".join(f"      {line}" for line in query.strip().splitlines())
