"""Read a CSV file: fast where every line is one good record, carefully where not."""

from __future__ import annotations

import csv
import io
from collections import deque
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from customer360.errors import SourceError
from customer360.sources.casting import literal
from customer360.sources.contract import Table
from customer360.sources.landed import (
    LONGEST_LINE,
    TOO_LONG,
    HalfWrittenError,
    Landed,
    batches,
    check_names,
    check_unreadable,
    fields,
    lines_of,
    without_payment_data,
)
from customer360.sources.landing import is_disk_full

LONGEST_RECORD_LINES = 200  # a value with more line breaks than this is a broken quote
LONGEST_HEADER = 1 << 20
_OPEN_QUOTE = "has a quote that is not closed"
csv.field_size_limit(4 * LONGEST_LINE)


def land_csv(connection, table: Table, source: Path, name: str, target: Path) -> Landed:
    """Read a CSV file in UTF-8 into `target`."""
    with open(source, encoding="utf-8", newline="") as file:
        head = file.readline(LONGEST_HEADER)
    if len(head) == LONGEST_HEADER:
        raise SourceError(f"has a first line of more than {LONGEST_HEADER >> 20} MB: that is no header")
    header, delimiter = read_header(head, table)
    lines, ends_in_newline = _count_lines(source)
    if lines == 1:
        return Landed(None, notes=["holds a header and no rows"])
    landed = None
    if ends_in_newline:
        landed = _land_clean(connection, table, source, name, target, header, delimiter, rows=lines - 1)
    landed = landed or _land_line_by_line(connection, table, source, name, target, header, delimiter)
    landed.header = head
    return landed


def read_header(head: str, table: Table) -> tuple[list[str], str]:
    """The columns that a first line names, and what divides them; raises SourceError when it is no header."""
    delimiter = _delimiter(head, table)
    try:
        header = [column.strip().lower() for column in next(csv.reader([head], delimiter=delimiter, strict=True))]
    except (csv.Error, StopIteration):
        raise SourceError("has a broken quote in its header") from None
    if not {column.name for column in table.columns} & set(header):
        raise SourceError(f"has no header: none of the columns of {table.name} is in its first line")
    twice = sorted({column for column in header if header.count(column) > 1})
    if twice:
        raise SourceError(f"has the column {', '.join(twice) or '(without a name)'} more than once in its header")
    check_names(header)
    return header, delimiter


def _delimiter(head: str, table: Table) -> str:
    """The character that makes the most of the contract's columns out of the header."""
    known = {column.name for column in table.columns}
    return max(
        ",;\t|", key=lambda character: len(known & {part.strip().strip('"').lower() for part in head.split(character)})
    )


def _count_lines(source: Path) -> tuple[int, bool]:
    lines, last = 0, b""
    with open(source, "rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n"), last == b"\n"


def _land_clean(connection, table, source, name, target, header, delimiter, *, rows: int) -> Landed | None:
    """The fast way, for a file in which every line is one good record; None when it is not."""
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header)
    reader = (
        f"read_csv({literal(str(source))}, header = true, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true, "
        f"max_line_size = {LONGEST_LINE})"
    )
    kept, notes = without_payment_data(connection, table, header, reader)
    try:
        found = connection.execute(f"""
            copy (
                select {fields(kept)} {literal(name)} as _source_file, row_number() over () + 1 as _source_row
                from {reader}
            ) to {literal(str(target))} (format parquet)
        """).fetchone()[0]
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        return None
    return Landed(target, rows=found, notes=notes) if found == rows else None


def _land_line_by_line(connection, table, source, name, target, header, delimiter) -> Landed:
    """The careful way: a record that cannot be read costs itself only, not the rows behind it."""
    unreadable, good = [], 0

    def records(file) -> Iterator[tuple[list[str], int]]:
        nonlocal good
        for row, values, reason, text, is_cut in _records(file, delimiter, len(header)):
            if reason is None:
                good += 1
                yield values, row
            elif is_cut:
                raise HalfWrittenError("its last line is not complete")
            else:
                unreadable.append((name, row, reason, text.rstrip("\r\n")))
                check_unreadable(unreadable)

    own = [number for number, column in enumerate(header) if not column.startswith("_")]
    staged = target.with_suffix(".lines")
    schema = pa.schema(
        [*((header[number], pa.string()) for number in own), ("_source_file", pa.string()), ("_source_row", pa.int64())]
    )
    with open(source, encoding="utf-8", newline="") as file, pq.ParquetWriter(staged, schema) as writer:
        next(lines_of(file))
        for batch in batches(records(file), lambda record: sum(map(len, record[0]))):
            columns = list(zip(*(values for values, _ in batch), strict=True))
            arrays = [pa.array([value or None for value in columns[number]], pa.string()) for number in own]
            arrays += [pa.array([name] * len(batch), pa.string()), pa.array([row for _, row in batch], pa.int64())]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
    reader = f"read_parquet({literal(str(staged))})"
    kept, notes = without_payment_data(connection, table, [header[number] for number in own], reader)
    connection.execute(
        f"copy (select {fields(kept)} _source_file, _source_row from {reader}) "
        f"to {literal(str(target))} (format parquet)"
    )
    landed = Landed(target if good else None, rows=good, unreadable=unreadable, notes=notes)
    if notes:
        landed.withhold_text()
    if not good:
        notes.append("holds no row that can be read" if unreadable else "holds a header and no rows")
    return landed


def _records(file, delimiter: str, width: int) -> Iterator[tuple[int, list[str], str | None, str, bool]]:
    """(line number, values, None, text, False) of each record behind the header.

    Of one that is broken: (line number, [], reason, text, whether it is the last line of the file, without an end).
    """
    source, ahead, number = lines_of(file), deque(), 2

    def line(position: int) -> tuple[str, bool]:
        while len(ahead) <= position:
            ahead.append(next(source, ("", False)))
        return ahead[position]

    while line(0)[0]:
        text, is_long = line(0)
        used = 1
        if is_long:
            yield number, [], TOO_LONG, text, False
        elif text.strip():
            values, reason = parse_record(text, delimiter, width)
            if reason == _OPEN_QUOTE:
                together = text
                for more in range(1, LONGEST_RECORD_LINES):
                    following, is_long = line(more)
                    if not following or is_long or len(together) + len(following) > LONGEST_LINE:
                        break
                    if parse_record(following, delimiter, width)[1] is None:
                        break  # a record of its own: the quote before it was never closed
                    together += following
                    found, why = parse_record(together, delimiter, width)
                    if why is None:
                        values, reason, used = found, None, more + 1
                        break
                    if why != _OPEN_QUOTE:
                        break
            yield number, values, reason, text, not line(1)[0] and not text.endswith(("\n", "\r"))
        for _ in range(used):
            ahead.popleft()
        number += used


def parse_record(text: str, delimiter: str, width: int) -> tuple[list[str], str | None]:
    """The values of one record, or why it is none."""
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], _OPEN_QUOTE if "unexpected end" in str(error) else "has a quote in the middle of a value"
    if len(records) != 1 or len(records[0]) != width:
        return [], f"has {len(records[0]) if records else 0} values where the header has {width}"
    return records[0], None
