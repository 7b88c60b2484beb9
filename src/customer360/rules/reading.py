"""Read a seed as its typed rows, with the line each stands in; what cannot be read becomes a problem.

What spreadsheets do without harm is accepted, since dbt accepts it too: a byte order mark, CRLF, blank lines, TRUE.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from customer360.rules.problems import Problem
from customer360.rules.tables import Column, Table

EARLIEST, LATEST = date(1900, 1, 1), date(2199, 12, 31)
SAVE_AS = "Save it as CSV with commas, in UTF-8 (in Excel: CSV UTF-8)"


@dataclass(frozen=True)
class Row:
    """A row's cells by column: text, int, Decimal, bool, date, datetime, None. What could not be read is left out."""

    line: int
    cells: dict[str, object] = field(default_factory=dict)

    def has(self, *columns: str) -> bool:
        return all(column in self.cells for column in columns)

    def __getitem__(self, column: str):
        return self.cells[column]

    def key(self, columns: tuple[str, ...]) -> tuple:
        return tuple(self.cells[column] for column in columns)


class UnreadableCellError(ValueError):
    """A cell is not what its column holds: what is wrong, and what to do."""


def read(folder: Path, table: Table) -> tuple[list[Row], list[Problem]]:
    """The rows of `folder/<table>.csv` and what is wrong with the file, its header and its cells."""
    path = folder / table.file
    try:
        data = path.read_bytes()
    except OSError as error:
        wrong = "the file is missing" if isinstance(error, FileNotFoundError) else f"cannot be read: {error.strerror}"
        return [], [Problem(table.file, 0, "", wrong, "Put it into the folder of rules; every seed has its header")]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return [], [Problem(table.file, line, "", "is not in UTF-8", SAVE_AS)]
    lines: list[tuple[int, list[str]]] = []
    reader, begins = csv.reader(io.StringIO(text, newline=""), strict=True), 1
    try:
        for cells in reader:
            lines += [(begins, cells)] if cells else []  # a blank line is no row
            begins = reader.line_num + 1
    except csv.Error as error:
        return [], [Problem(table.file, begins, "", f"is no row of a CSV file ({error})", SAVE_AS)]
    header = [name.strip() for name in lines[0][1]] if lines else []
    problems = list(_header_problems(table, header))
    if problems:
        return [], problems
    rows = []
    for line, cells in lines[1:]:
        if not any(cells):
            problems.append(Problem(table.file, line, "", "is a row of empty cells", "Delete the line"))
        elif len(cells) != len(header):
            wrong = f"has {len(cells)} cells, the header has {len(header)} columns"
            problems.append(Problem(table.file, line, "", wrong, 'Put a cell that holds a comma in "quotes"'))
        else:
            row, wrong_cells = _row(table, line, dict(zip(header, cells, strict=True)))
            rows.append(row)
            problems += wrong_cells
    if not rows and not problems and not table.may_be_empty:
        problems.append(Problem(table.file, 0, "", "has no rows", "Put at least one rule into it"))
    return rows, problems


def _header_problems(table: Table, header: list[str]) -> Iterator[Problem]:
    known = [column.name for column in table.columns]
    if len(header) == 1 and len(known) > 1:
        yield Problem(table.file, 1, "", "has one column only, so its cells are not separated by commas", SAVE_AS)
        return
    for name in known:
        if name not in header:
            yield Problem(table.file, 1, name, "the column is missing", f"Add it; the columns are {', '.join(known)}")
    for name in dict.fromkeys(header):
        if header.count(name) > 1:
            yield Problem(table.file, 1, name, "the column is there twice", "Keep one of them")
        elif name not in known and not table.dates_only:
            do = f"Delete or rename it; the columns are {', '.join(known)}"
            yield Problem(table.file, 1, name or "(no name)", "the column is not known", do)


def _row(table: Table, line: int, texts: dict[str, str]) -> tuple[Row, list[Problem]]:
    cells = dict(texts) if table.dates_only else {}
    problems = []
    for column in table.columns:
        text = texts[column.name]
        try:
            cells[column.name] = _cell(column, text)
        except UnreadableCellError as error:
            cells.pop(column.name, None)
            problems.append(Problem(table.file, line, column.name, *error.args))
    return Row(line, cells), problems


def _cell(column: Column, text: str):
    if text.strip() == "":
        if column.required:
            raise UnreadableCellError("is empty", column.if_empty)
        return None
    if text != text.strip():
        raise UnreadableCellError("begins or ends with a space", "Delete the space")
    value = READERS[column.kind](column, text)
    if column.one_of and value not in column.one_of:
        raise UnreadableCellError(f"{value} is not known", f"Write one of {', '.join(column.one_of)}")
    if column.at_least is not None and value < column.at_least:
        raise UnreadableCellError(f"{text} is less than {column.at_least}", f"Write {column.at_least} or more")
    if column.at_most is not None and value > column.at_most:
        more = "" if column.required else ", or leave it empty for ever"
        raise UnreadableCellError(f"{text} is more than {column.at_most}", f"Write {column.at_most} or less{more}")
    return value


def _text(_: Column, text: str) -> str:
    return text


def _list(_: Column, text: str) -> tuple[str, ...]:
    words = tuple(text.split("|"))
    if any(word != word.strip() or not word for word in words) or len(set(words)) < len(words):
        raise UnreadableCellError(
            "is no list of words", "Write them with | between, without spaces, each once: web|app"
        )
    return words


def _whole(_: Column, text: str) -> int:
    if not re.fullmatch(r"-?\d{1,9}", text):
        raise UnreadableCellError("is not a whole number", "Write digits only, such as 365")
    return int(text)


def _decimal(column: Column, text: str) -> Decimal:
    digits, places = column.digits
    if not re.fullmatch(r"-?\d+(\.\d+)?", text):
        raise UnreadableCellError("is not a number", "Write digits with a point before the decimals, such as 1200.50")
    before, _, after = text.lstrip("-").partition(".")
    if len(after.rstrip("0")) > places or len(before) > digits - places:
        raise UnreadableCellError(
            f"has too many digits: {digits - places} before the point and {places} after it are kept", "Round it"
        )
    return Decimal(text)


def _flag(_: Column, text: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise UnreadableCellError("is neither true nor false", "Write true or false")
    return text.lower() == "true"


def _day(column: Column, text: str) -> date:
    try:
        day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
    except ValueError:
        day = None
    if day is None:
        raise UnreadableCellError("is not a date", "Write it as 2026-01-31; spreadsheets like to rewrite dates")
    if not EARLIEST <= day <= LATEST:
        for_ever = "" if column.required else "; leave it empty for ever"
        raise UnreadableCellError(f"{day} is out of range", f"Write a day from {EARLIEST} to {LATEST}{for_ever}")
    return day


def _moment(_: Column, text: str) -> datetime:
    try:
        return datetime.strptime(text, "%Y-%m-%d %H:%M:%S")  # UTC, without a zone as everywhere
    except ValueError:
        raise UnreadableCellError("is not a time", "Write it as 2026-01-31 16:00:00, in UTC") from None


READERS = {
    "text": _text,
    "list": _list,
    "whole": _whole,
    "decimal": _decimal,
    "flag": _flag,
    "day": _day,
    "moment": _moment,
}
