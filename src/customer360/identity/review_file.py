"""The review queue as a file that a person edits in a spreadsheet, and reading it back whatever the spreadsheet did.

Written as UTF-8 with a byte order mark, which is what makes Excel show Chinese. Read back in that, in UTF-16 or in
GB18030 (a Chinese Excel's plain "CSV"), with commas, semicolons or tabs. Columns may be moved, added and removed, but
for the few that say what was decided about whom. `pair_id` is computed from the two keys, so that keys a spreadsheet
or a person changed are noticed.
"""

from __future__ import annotations

import codecs
import csv
import hashlib
import io
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from customer360.errors import IdentityError

NEEDED = ("decision", "why", "record_a", "record_b", "pair_id")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Line:
    """What one line of the file says; `number` is where it begins in the file, the header being line 1."""

    number: int
    decision: str
    why: str
    record_a: str
    record_b: str
    pair_id: str

    @property
    def is_unchanged(self) -> bool:
        return self.pair_id == pair_id(self.record_a, self.record_b)


def pair_id(record_a: str, record_b: str) -> str:
    """A short name of a pair that depends on every letter of both keys, and that no spreadsheet takes for a number."""
    return "P-" + hashlib.sha256(f"{record_a}\n{record_b}".encode()).hexdigest()[:10].upper()


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Mapping[str, object]]) -> None:
    """Write the file in one step, readable by its owner only, in a folder that only its owner may enter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.parent.chmod(0o700)
    aside = path.with_name(f".{path.name}.new")
    aside.unlink(missing_ok=True)
    descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows({name: _harmless(value) for name, value in row.items()} for row in rows)
    os.replace(aside, path)


def read(path: Path) -> list[Line]:
    """The lines of an edited file. Raises IdentityError for a file that cannot be read as a table with its columns."""
    try:
        text = _decode(path)
        header, *_ = text.splitlines() or [""]
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(",;\t", key=header.count))
        names = [name.strip().lower() for name in next(reader, [])]
        if missing := [name for name in NEEDED if name not in names]:
            raise IdentityError(f"{path}: the column{'s' * (len(missing) > 1)} {', '.join(missing)} must be there.")
        lines, number = [], reader.line_num + 1
        for cells in reader:
            row = dict(zip(names, (cell.strip() for cell in cells), strict=False))
            if any(row.values()):
                lines.append(Line(number, *(row.get(name, "") for name in NEEDED)))
            number = reader.line_num + 1
    except (OSError, UnicodeError, csv.Error) as error:
        raise IdentityError(f"{path} cannot be read as a CSV file: {error}. Save it as “CSV UTF-8”.") from None
    return lines


def _decode(path: Path) -> str:
    content = path.read_bytes()
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise IdentityError(f"{path} is a spreadsheet's own format. Save it as “CSV UTF-8” and apply that.")
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("gb18030")


def _harmless(value: object) -> str:
    """A value as text that no spreadsheet runs as a formula: it may come from anybody who filled in a form."""
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) else text
