"""What becomes of one delivered file: its rows as Parquet, what could not be read, and what is to be said about it.

Also the bounds that every format keeps: how wide a file may be, how long a line, how much it may hold unpacked.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from customer360.errors import SourceError
from customer360.sources.casting import quoted
from customer360.sources.contract import Table
from customer360.sources.payment_data import looks_like_payment_data

MOST_COLUMNS = 500  # a file with more is none of ours; the widest table of the contract has 26
LONGEST_LINE = 16 << 20  # characters; also of a CSV record of several lines
ROWS_PER_BATCH = 100_000
CHARACTERS_PER_BATCH = 64 << 20
KEPT_OF_A_LONG_LINE = 10_000
LONGEST_NAME = 200
MOST_UNREADABLE = 10_000
MANY_COLUMNS = 20


class HalfWrittenError(Exception):
    """The file ends in the middle: it is still being written, or was cut off."""


@dataclass
class Landed:
    """What became of one file. `file` is None when it holds no rows; unreadable rows are (file, row, reason, text).

    header: the first line of a CSV file, with which its unreadable rows can be tried again.
    """

    file: Path | None
    rows: int = 0
    unreadable: list[tuple[str, int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    header: str | None = None

    def withhold_text(self) -> None:
        """Forget the text of unreadable rows: it may hold what is never read."""
        self.unreadable = [
            (file, row, reason, "(not kept: the file has columns with card or bank numbers)")
            for file, row, reason, _ in self.unreadable
        ]


def check_names(names: list[str]) -> None:
    """Raise SourceError for more columns than any table could have, and for names that none could have."""
    if len(names) > MOST_COLUMNS:
        raise SourceError(f"has {len(names):,} columns, more than {MOST_COLUMNS:,}: is it the right file?")
    if not all(name.strip() for name in names):
        raise SourceError("has a column without a name")
    if any(len(name) > LONGEST_NAME or not name.isprintable() for name in names):
        raise SourceError("has a column whose name holds control characters or is longer than 200 characters")
    small = [name.lower() for name in names]
    if twice := sorted({name for name in small if small.count(name) > 1}):
        raise SourceError(f"has the column {', '.join(twice)} more than once, in capital and in small letters")


def check_unreadable(unreadable: list) -> None:
    """Raise SourceError for a file of which so much cannot be read that keeping it row by row is no use."""
    if len(unreadable) > MOST_UNREADABLE:
        raise SourceError(f"has more than {MOST_UNREADABLE:,} rows that cannot be read; deliver it again")


def without_payment_data(connection, table: Table, names: list[str], reader: str) -> tuple[list[str], list[str]]:
    """The columns to keep, and a note about those that look like card or bank numbers and are left out."""
    samples = {}
    unknown = [name for name in names if name.lower() not in {column.name for column in table.columns}]
    if len(unknown) > MANY_COLUMNS:  # one by one they would be read too often
        samples = _samples(connection, unknown, reader)

    def sample(name: str, limit: int) -> list[str]:
        return samples[name] if name in samples else _sample(connection, name, reader, limit)

    refused = [name for name in names if looks_like_payment_data(table, name, sample)]
    kept = [name for name in names if name not in refused and not name.startswith("_")]
    return kept, [f"not read, looks like card or bank numbers: {', '.join(refused)}"] if refused else []


def fields(names: list[str]) -> str:
    """Column names as SQL, with a comma behind each."""
    return "".join(f"{quoted(name)}, " for name in names)


def _samples(connection, names: list[str], reader: str) -> dict[str, list[str]]:
    """Some values of every column, from the first rows."""
    texts = ", ".join(f"cast({quoted(name)} as varchar)" for name in names)
    try:
        rows = connection.execute(f"select {texts} from {reader} limit 1000").fetchall()
    except duckdb.Error:
        rows = []  # as in _sample
    columns = zip(*rows, strict=True) if rows else ([] for _ in names)
    return {name: [v for v in values if v is not None] for name, values in zip(names, columns, strict=True)}


def _sample(connection, name: str, reader: str, limit: int) -> list[str]:
    try:
        rows = connection.execute(
            f"select cast({quoted(name)} as varchar) from {reader} where {quoted(name)} is not null limit {limit}"
        ).fetchall()
    except duckdb.Error:
        return []  # the reader's own errors are met where the rows are read
    return [row[0] for row in rows]


def lines_of(file) -> Iterator[tuple[str, bool]]:
    """(line with its end, False) of an open text file; (its beginning, True) of one longer than LONGEST_LINE."""
    while line := file.readline(LONGEST_LINE):
        if len(line) < LONGEST_LINE or line.endswith(("\n", "\r")):
            yield line, False
            continue
        rest = line
        while rest and not rest.endswith(("\n", "\r")):
            rest = file.readline(LONGEST_LINE)
        yield line[:KEPT_OF_A_LONG_LINE], True


TOO_LONG = f"is longer than {LONGEST_LINE >> 20} MB; the beginning is kept"


def batches(items: Iterator[tuple], size) -> Iterator[list]:
    """Lists of items, each of a bounded number and size; `size(item)` is in characters."""
    batch, total = [], 0
    for item in items:
        batch.append(item)
        total += size(item)
        if len(batch) == ROWS_PER_BATCH or total >= CHARACTERS_PER_BATCH:
            yield batch
            batch, total = [], 0
    if batch:
        yield batch
