"""A labelled file of records, as a person exports it: CSV, TSV or Parquet, plain or gzipped, in UTF-8 or not.

`read` leaves it in the connection as text, one row per record in the order of the file. What had to be decided on the
way (another encoding, say) is returned as sentences for the person who runs the command.
"""

from __future__ import annotations

import codecs
import contextlib
import csv
import gzip
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import duckdb

from customer360.errors import SourceError
from customer360.sources.casting import constant, quoted

# cells that say "nothing here"; exactly so, since Null and Nan are names of people
EMPTY = ("", "NA", "NULL", "None", "nan", "\\N")
DELIMITERS = ",\t;|"
CHUNK = 1 << 20


def read(connection: duckdb.DuckDBPyConnection, path: Path) -> tuple[list[str], list[str]]:
    """Read `path` into the temp table `file_records` (record_number from 1, then the file's columns as varchar).

    Returns the column names and the notes. Cells are stripped of spaces, those in EMPTY are null.
    Raises SourceError for a file that cannot be read; it names lines and columns, never values.
    """
    try:
        with tempfile.TemporaryDirectory() as folder:
            return _read(connection, path, Path(folder))
    except (OSError, EOFError, gzip.BadGzipFile) as error:
        raise SourceError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}.") from None
    except csv.Error as error:
        raise SourceError(f"The header of {path} cannot be read: {error}.") from None
    except duckdb.Error as error:
        raise SourceError(f"{path} cannot be read: {_reason(error)}.") from None


def _read(connection: duckdb.DuckDBPyConnection, path: Path, folder: Path) -> tuple[list[str], list[str]]:
    notes: list[str] = []
    with _unpacked(path, folder) as plain:
        if _begins(plain, b"PAR1"):
            relation = f"read_parquet({constant(str(plain))})"
            types = {row[0]: row[1] for row in connection.execute(f"describe select * from {relation}").fetchall()}
            names = list(types)
            cells = [_parquet_cell(name, type_) for name, type_ in types.items()]
        else:
            text = _in_utf8(plain, folder, notes)
            names, relation = _csv(text)
            cells = [_cell(quoted(name)) for name in names]
        selected = [f"{cell} as {quoted(name)}" for cell, name in zip(cells, names, strict=True)]
        connection.execute(
            f"""
            create or replace temp table file_records as
            select row_number() over () as record_number, {", ".join(selected)} from {relation}
            """
        )
    return names, notes


@contextlib.contextmanager
def _unpacked(path: Path, folder: Path) -> Iterator[Path]:
    if not _begins(path, b"\x1f\x8b"):
        yield path
        return
    plain = folder / "unpacked"
    with gzip.open(path, "rb") as packed, open(plain, "wb") as file:
        shutil.copyfileobj(packed, file, CHUNK)
    yield plain


def _begins(path: Path, magic: bytes) -> bool:
    with open(path, "rb") as file:
        return file.read(len(magic)) == magic


def _in_utf8(path: Path, folder: Path, notes: list[str]) -> Path:
    encoding = _encoding(path)
    if encoding == "utf-8":
        return path
    if encoding == "latin-1":
        notes.append("The file is not UTF-8; it was read as Latin-1, which may show some letters wrongly.")
    rewritten = folder / "utf8"
    with open(path, encoding=encoding, newline="") as file, open(rewritten, "w", encoding="utf-8", newline="") as out:
        shutil.copyfileobj(file, out, CHUNK)
    return rewritten


def _encoding(path: Path) -> str:
    with open(path, "rb") as file:
        start = file.read(3)
        if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if start == codecs.BOM_UTF8:
            return "utf-8-sig"
        file.seek(0)
        decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return "latin-1"
    return "utf-8"


def _csv(path: Path) -> tuple[list[str], str]:
    """The header's names and the file as a table expression. The delimiter is the one the header uses most."""
    with open(path, encoding="utf-8", newline="") as file:
        first_line = file.readline()
        if not first_line.strip():
            raise SourceError("The file has no header line.")
        outside_quotes = re.sub(r'"[^"]*"', "", first_line)
        delimiter = max(DELIMITERS, key=outside_quotes.count)
        file.seek(0)
        header = next(csv.reader(file, delimiter=delimiter, skipinitialspace=True))
    names = [name.strip() or f"column_{number}" for number, name in enumerate(header, start=1)]
    folded = [name.casefold() for name in names]
    if twice := sorted({name for name in names if folded.count(name.casefold()) > 1}):
        raise SourceError(f"The header names a column twice: {', '.join(twice)}.")
    columns = ", ".join(f"{constant(name)}: 'varchar'" for name in names)
    options = f"auto_detect = false, header = true, delim = {constant(delimiter)}, quote = '\"', escape = '\"'"
    return names, f"read_csv({constant(str(path))}, {options}, columns = {{{columns}}}, max_line_size = 16777216)"


def _cell(column: str) -> str:
    bare = f"trim({column}, concat(' ', chr(9), chr(10), chr(13), chr(160)))"
    return f"case when {bare} not in ({', '.join(map(constant, EMPTY))}) then {bare} end"


def _parquet_cell(name: str, type_: str) -> str:
    column = quoted(name)
    if type_ in ("DOUBLE", "FLOAT"):  # whole numbers with gaps, as data frames keep them: 4011.0 is 4011
        whole = f"cast(cast({column} as hugeint) as varchar)"
        is_whole = f"isfinite({column}) and abs({column}) < 1e15 and {column} = floor({column})"
        return _cell(f"(case when {is_whole} then {whole} else cast({column} as varchar) end)")
    if type_.startswith("TIMESTAMP"):  # a date with midnight beside it is a date
        is_date = f"{column} = date_trunc('day', {column})"
        return f"case when {is_date} then cast(cast({column} as date) as varchar) else cast({column} as varchar) end"
    return _cell(f"cast({column} as varchar)")


def _reason(error: duckdb.Error) -> str:
    """What is wrong, without the line itself, which DuckDB would show."""
    message = str(error)
    line = re.search(r"CSV Error on Line: (\d+)", message)
    columns = re.search(r"Expected Number of Columns: (\d+) Found: (\d+)", message)
    if line and columns:
        return f"line {line[1]} has {columns[2]} columns, the header has {columns[1]}"
    if line:
        problem = re.search(r"unterminated quote|maximum line size|invalid unicode", message, re.IGNORECASE)
        return f"line {line[1]} {'has an ' + problem[0].lower() if problem else 'is not a line of a CSV file'}"
    return message.splitlines()[0].rstrip(".")
