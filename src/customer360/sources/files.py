"""Read one delivered file, CSV, JSON lines or Parquet, into a Parquet file of the landing folder.

Each row carries `_source_file` and `_source_row`, the line of the file it begins on (the row number in a Parquet
file). A row that cannot be read is returned, not guessed at; a file that ends in the middle is left for the next pull
(HalfWrittenError); a file that makes no sense is refused (SourceError).
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import re
import shutil
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from customer360.errors import SourceError
from customer360.sources.casting import literal, quoted
from customer360.sources.contract import Table
from customer360.sources.landing import is_disk_full
from customer360.sources.payment_data import looks_like_payment_data

FORMATS = ("csv", "jsonl", "parquet")
LONGEST_RECORD_LINES = 200  # a CSV value with more line breaks than this is a broken quote
LARGEST_BROKEN_FILE = 1 << 30  # a CSV file with broken rows is read line by line, in memory, up to this many bytes
ROWS_PER_BATCH = 100_000
csv.field_size_limit(64 << 20)


class HalfWrittenError(Exception):
    """The file ends in the middle: it is still being written, or was cut off."""


@dataclass
class Landed:
    """What became of one file. `file` is None when it holds no rows; unreadable rows are (file, row, reason, text)."""

    file: Path | None
    rows: int = 0
    unreadable: list[tuple[str, int, str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def kind_of(name: str) -> tuple[str, bool] | None:
    """("csv", True) for members_2026.csv.gz; None for a name that is not one of ours."""
    match = re.fullmatch(rf".*\.({'|'.join(FORMATS)})(\.gz)?", name.lower())
    return (match[1], bool(match[2])) if match else None


def land(connection: duckdb.DuckDBPyConnection, table: Table, source: Path, name: str, target: Path) -> Landed:
    """Read `source`, delivered under `name`, into `target`."""
    kind, is_gzip = kind_of(name)
    plain = source
    if is_gzip:
        plain = target.with_suffix(".plain")
        _gunzip(source, plain)
    try:
        if plain.stat().st_size == 0:
            return Landed(None, notes=["is empty"])
        if kind == "parquet":
            return _land_parquet(connection, table, plain, name, target)
        text, encoding = _as_utf8(plain, target.with_suffix(".utf8"))
        landed = (_land_csv if kind == "csv" else _land_jsonl)(connection, table, text, name, target)
        if encoding != "utf-8":
            landed.notes.append(f"is in {encoding}")
        return landed
    finally:
        for suffix in (".plain", ".utf8", ".lines"):
            target.with_suffix(suffix).unlink(missing_ok=True)


def _gunzip(source: Path, target: Path) -> None:
    try:
        with gzip.open(source, "rb") as compressed, open(target, "wb") as file:
            shutil.copyfileobj(compressed, file, 1 << 20)
    except EOFError:
        raise HalfWrittenError("the gzip file ends in the middle") from None
    except (gzip.BadGzipFile, zlib.error):
        if source.stat().st_size == 0:
            raise HalfWrittenError("the gzip file is empty") from None
        raise SourceError("is not a gzip file, or a damaged one; deliver it again") from None


# Encodings


def _as_utf8(source: Path, target: Path) -> tuple[Path, str]:
    """The file in UTF-8 without a byte order mark (itself, where it is that already), and what it was in."""
    encoding = detect_encoding(source)
    if encoding == "utf-8":
        return source, encoding
    with open(source, encoding=encoding, newline="") as file, open(target, "w", encoding="utf-8", newline="") as copy:
        try:
            shutil.copyfileobj(file, copy, 1 << 20)
        except UnicodeDecodeError:
            raise SourceError(f"is not text in {encoding}, though it begins like it; deliver it in UTF-8") from None
    return target, encoding.removesuffix("-sig")


def detect_encoding(source: Path) -> str:
    """UTF-8, UTF-16, GB18030 or Latin (cp1252), by byte order mark or by what the bytes can be.

    Raises SourceError when that is not clear.
    """
    with open(source, "rb") as file:
        head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if 0 in head:
        raise SourceError("holds zero bytes: it is not a text file")
    if _decodes(source, "utf-8"):
        return "utf-8"
    return _legacy_encoding(source)


def _legacy_encoding(source: Path) -> str:
    """Chinese text has its high bytes in pairs, Latin text has them one by one; anything in between is not guessed."""
    pairs = singles = 0
    with open(source, "rb") as file:
        for run in re.findall(rb"[\x80-\xff]+", file.read(4 << 20)):
            if len(run) % 2 == 0:
                pairs += len(run) // 2
            else:
                singles += 1
    share = pairs / max(pairs + singles, 1)
    if share >= 0.8 and _decodes(source, "gb18030"):
        return "gb18030"
    if share <= 0.2 and _decodes(source, "cp1252"):
        return "cp1252"
    raise SourceError(
        "is in an encoding that cannot be told for sure (not UTF-8, UTF-16, GB18030 or Latin-1); deliver it in UTF-8"
    )


def _decodes(source: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with open(source, "rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


# CSV


def _land_csv(connection, table: Table, source: Path, name: str, target: Path) -> Landed:
    with open(source, encoding="utf-8", newline="") as file:
        head = file.readline()
    delimiter = _delimiter(head, table)
    try:
        header = [column.strip().lower() for column in next(csv.reader([head], delimiter=delimiter, strict=True))]
    except csv.Error:
        raise SourceError("has a broken quote in its header") from None
    _check_header(header, table)
    lines, ends_in_newline = _count_lines(source)
    if lines == 1:
        return Landed(None, notes=["holds a header and no rows"])
    landed = None
    if ends_in_newline:
        landed = _land_clean_csv(connection, table, source, name, target, header, delimiter, rows=lines - 1)
    return landed or _land_csv_line_by_line(connection, table, source, name, target, header, delimiter)


def _delimiter(head: str, table: Table) -> str:
    """The character that makes the most of the contract's columns out of the header."""
    known = {column.name for column in table.columns}
    return max(
        ",;\t|", key=lambda character: len(known & {part.strip().strip('"').lower() for part in head.split(character)})
    )


def _check_header(header: list[str], table: Table) -> None:
    if not {column.name for column in table.columns} & set(header):
        raise SourceError(f"has no header: none of the columns of {table.name} is in its first line")
    twice = {column for column in header if header.count(column) > 1}
    if twice:
        raise SourceError(
            f"has the column {', '.join(sorted(twice)) or '(without a name)'} more than once in its header"
        )


def _count_lines(source: Path) -> tuple[int, bool]:
    lines, last = 0, b""
    with open(source, "rb") as file:
        while block := file.read(1 << 20):
            lines += block.count(b"\n")
            last = block[-1:]
    return lines + (last != b"\n"), last == b"\n"


def _land_clean_csv(connection, table, source, name, target, header, delimiter, *, rows: int) -> Landed | None:
    """The fast way, for a file in which every line is one good record; None when it is not."""
    columns = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in header)
    reader = (
        f"read_csv({literal(str(source))}, header = true, auto_detect = false, columns = {{{columns}}}, "
        f"delim = {literal(delimiter)}, quote = '\"', escape = '\"', strict_mode = true, max_line_size = 16777216)"
    )
    kept, notes = _without_payment_data(connection, table, header, reader)
    try:
        found = connection.execute(f"""
            copy (
                select {_fields(kept)}, {literal(name)} as _source_file, row_number() over () + 1 as _source_row
                from {reader}
            ) to {literal(str(target))} (format parquet)
        """).fetchone()[0]
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        return None
    return Landed(target, rows=found, notes=notes) if found == rows else None


def _land_csv_line_by_line(connection, table, source, name, target, header, delimiter) -> Landed:
    """The careful way: a record that cannot be read costs itself only, not the rows behind it."""
    if source.stat().st_size > LARGEST_BROKEN_FILE:
        raise SourceError("has rows that cannot be read and is too large to be read line by line; split it")
    with open(source, encoding="utf-8", newline="") as file:
        lines = file.readlines()
    unreadable, good = [], 0

    def records() -> Iterator[tuple[list[str], int]]:
        nonlocal good
        for row, fields, reason in _records(lines, delimiter, len(header)):
            if reason is None:
                good += 1
                yield fields, row
            elif row == len(lines) and not lines[-1].endswith(("\n", "\r")):
                raise HalfWrittenError("its last line is not complete")
            else:
                unreadable.append((name, row, reason, lines[row - 1].rstrip("\r\n")))

    staged = target.with_suffix(".lines")
    schema = pa.schema(
        [*((column, pa.string()) for column in header), ("_source_file", pa.string()), ("_source_row", pa.int64())]
    )
    with pq.ParquetWriter(staged, schema) as writer:
        for batch in _batches(records()):
            values = list(zip(*(fields for fields, _ in batch), strict=True))
            arrays = [pa.array([value or None for value in column], pa.string()) for column in values]
            arrays += [pa.array([name] * len(batch), pa.string()), pa.array([row for _, row in batch], pa.int64())]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
    kept, notes = _without_payment_data(connection, table, header, f"read_parquet({literal(str(staged))})")
    connection.execute(
        f"copy (select {_fields(kept)}, _source_file, _source_row from read_parquet({literal(str(staged))})) "
        f"to {literal(str(target))} (format parquet)"
    )
    if not good:
        notes.append("holds no row that can be read" if unreadable else "holds a header and no rows")
    return Landed(target if good else None, rows=good, unreadable=unreadable, notes=notes)


def _records(lines: list[str], delimiter: str, width: int) -> Iterator[tuple[int, list[str], str | None]]:
    """(line number, fields, None) of each record behind the header; (line number, [], reason) of a broken one."""
    number = 1
    while number < len(lines):
        line = lines[number]
        if not line.strip():
            number += 1
            continue
        fields, reason = _parsed(line, delimiter, width)
        used = 1
        if reason == _OPEN_QUOTE:
            for more in range(1, min(LONGEST_RECORD_LINES, len(lines) - number)):
                if _parsed(lines[number + more], delimiter, width)[1] is None:
                    break  # a record of its own: the quote before it was never closed
                together, why = _parsed("".join(lines[number : number + more + 1]), delimiter, width)
                if why is None:
                    fields, reason, used = together, None, more + 1
                    break
                if why != _OPEN_QUOTE:
                    break
        yield number + 1, fields, reason
        number += used


_OPEN_QUOTE = "has a quote that is not closed"


def _parsed(text: str, delimiter: str, width: int) -> tuple[list[str], str | None]:
    try:
        records = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        return [], _OPEN_QUOTE if "unexpected end" in str(error) else "has a quote in the middle of a value"
    if len(records) != 1 or len(records[0]) != width:
        return [], f"has {len(records[0]) if records else 0} values where the header has {width}"
    return records[0], None


def _batches(items: Iterator) -> Iterator[list]:
    batch = []
    for item in items:
        batch.append(item)
        if len(batch) == ROWS_PER_BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


# JSON lines


def _land_jsonl(connection, table: Table, source: Path, name: str, target: Path) -> Landed:
    staged = target.with_suffix(".lines")
    schema = pa.schema([("line", pa.string()), ("_source_row", pa.int64())])
    with open(source, encoding="utf-8", newline="\n") as file, pq.ParquetWriter(staged, schema) as writer:
        numbered = ((line, number) for number, line in enumerate(file, start=1) if line.strip())
        last = ""
        for batch in _batches(numbered):
            last = batch[-1][0]
            arrays = [
                pa.array([line for line, _ in batch], pa.string()),
                pa.array([number for _, number in batch], pa.int64()),
            ]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
    lines = f"read_parquet({literal(str(staged))})"
    broken = connection.execute(
        f"select _source_row, line from {lines} where not json_valid(line) or json_type(line) <> 'OBJECT' order by 1"
    ).fetchall()
    if broken and not last.endswith("\n") and broken[-1][1] == last:
        raise HalfWrittenError("its last line is not complete")
    good = (
        f"(select line::json as line, _source_row from {lines} where json_valid(line) and json_type(line) = 'OBJECT')"
    )
    keys = [
        row[0]
        for row in connection.execute(f"select distinct unnest(json_keys(line)) from {good} order by 1").fetchall()
    ]
    unreadable = [(name, row, "is not a JSON object", line.rstrip("\r\n")) for row, line in broken]
    if not keys:
        return Landed(
            None, unreadable=unreadable, notes=["holds no row that can be read" if broken else "holds no rows"]
        )
    fields = ", ".join(f"json_extract_string(line, {literal(_json_path(key))}) as {quoted(key)}" for key in keys)
    reader = f"(select {fields}, _source_row from {good})"
    kept, notes = _without_payment_data(connection, table, keys, reader)
    rows = connection.execute(
        f"copy (select {_fields(kept)}, {literal(name)} as _source_file, _source_row from {reader}) "
        f"to {literal(str(target))} (format parquet)"
    ).fetchone()[0]
    return Landed(target, rows=rows, unreadable=unreadable, notes=notes)


def _json_path(key: str) -> str:
    return '$."' + key.replace("\\", "\\\\").replace('"', '\\"') + '"'


# Parquet


def _land_parquet(connection, table: Table, source: Path, name: str, target: Path) -> Landed:
    with open(source, "rb") as file:
        head = file.read(4)
        file.seek(max(source.stat().st_size - 4, 0))
        if head != b"PAR1":
            raise SourceError("is not a Parquet file")
        if source.stat().st_size < 12 or file.read(4) != b"PAR1":
            raise HalfWrittenError("the Parquet file has no end")
    reader = f"read_parquet({literal(str(source))}, file_row_number = true)"
    try:
        names = [
            row[0]
            for row in connection.execute(f"describe select * exclude (file_row_number) from {reader}").fetchall()
        ]
        kept, notes = _without_payment_data(connection, table, names, reader)
        rows = connection.execute(
            f"copy (select {_fields(kept)}, {literal(name)} as _source_file, file_row_number + 1 as _source_row "
            f"from {reader}) to {literal(str(target))} (format parquet)"
        ).fetchone()[0]
    except duckdb.Error as error:
        if is_disk_full(error):
            raise
        raise SourceError("is a damaged Parquet file; deliver it again") from None
    return Landed(target if rows else None, rows=rows, notes=notes if rows else [*notes, "holds no rows"])


def _without_payment_data(connection, table: Table, names: list[str], reader: str) -> tuple[list[str], list[str]]:
    """The columns to keep, and a note about those that look like card or bank numbers and are left out."""
    refused = []
    for name in names:
        if looks_like_payment_data(table, name, lambda name, rows: _sample(connection, name, reader, rows)):
            refused.append(name)
    kept = [name for name in names if name not in refused and not name.startswith("_")]
    return kept, [f"not read, looks like card or bank numbers: {', '.join(refused)}"] if refused else []


def _fields(names: list[str]) -> str:
    return ", ".join(map(quoted, names))


def _sample(connection, name: str, reader: str, limit: int) -> list[str]:
    try:
        rows = connection.execute(
            f"select cast({quoted(name)} as varchar) from {reader} where {quoted(name)} is not null limit {limit}"
        ).fetchall()
    except duckdb.Error:
        return []  # the reader's own errors are met where the rows are read
    return [row[0] for row in rows]
