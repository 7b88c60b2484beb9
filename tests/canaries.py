"""Canaries: made-up persons whose data nobody else has, and a scan of files for every form it may take.

    planted = plant(company)                       in the sample company's three sources (tests/canary_company.py)
    leaks = scan(home, PERSONS, skip=[...])        where a value stands: file, place in it, what kind, in which form

A file's bytes do not show what is in it: DuckDB and Parquet compress text. So a scan looks at the bytes as they are,
unpacks what is packed, and reads every column, comment and statistic of every table that a file holds.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import json
import re
import sqlite3
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import duckdb


@dataclass(frozen=True)
class Person:
    """Values that stand nowhere else; `also` are forms that cannot be computed here, such as a name in pinyin."""

    full_name: str
    email: str
    phone: str  # as typed; E.164 is in `also`
    address_line: str
    birth_date: str
    card_number: str
    also: tuple[str, ...] = ()

    def values(self) -> dict[str, tuple[str, ...]]:
        """{what it is: the value in its forms as text}"""
        return {
            "name": (self.full_name, *self.also),
            "email": (self.email, self.email.split("@")[0]),
            "phone": (self.phone, re.sub(r"\D", "", self.phone)),
            "address": (self.address_line,),
            "birth date": (self.birth_date, self.birth_date.replace("-", "")),
            "card": (self.card_number, re.sub(r"\W", "", self.card_number)),
        }


LATIN = Person(
    full_name="Quirina Zwetschgenbaum",
    email="Quirina.Zwetschgenbaum@kanarie.example",
    phone="138-4471-9053",
    address_line="Zimtsternweg 47b",
    birth_date="1937-03-19",
    card_number="KAN7-7731-0059",
    also=("Zwetschgenbaum, Quirina", "quirina zwetschgenbaum", "Zwetschgenbaum"),
)
CHINESE = Person(
    full_name="欧阳翠羽",
    email="jinsique.yu@kanarie.example",
    phone="139 7726 0418",
    address_line="翠鸟路四百零七弄9号",
    birth_date="1938-11-27",
    card_number="KAN8-8842-0067",
    also=("歐陽翠羽", "ouyang cuiyu", "cuiyu ouyang", "ouyangcuiyu"),
)
GUEST = Person(
    full_name="Thaddäus Kornblumenfeld",
    email="kornblume.9417@kanarie.example",
    phone="+44 7700 900461",
    address_line="Kolibristeig 118",
    birth_date="1939-02-08",
    card_number="KAN9-9953-0075",
    also=("thaddaus kornblumenfeld", "Kornblumenfeld"),
)
WRITER = Person(
    full_name="司徒雪鸢",
    email="xueyuan.situ.5526@kanarie.example",
    phone="+8615577130629",
    address_line="百灵巷五百零三号6室",
    birth_date="1941-07-16",
    card_number="KAN6-6620-0083",
    also=("司徒雪鳶", "situ xueyuan", "xueyuan situ", "situxueyuan"),
)
SALESPERSON, AGENT = "Balthasar Kanarienzüchter", "Ottilie Vogelbauer"
BANK_CARD = "4929 1163 0772 5518"
PERSONS = (LATIN, CHINESE, GUEST, WRITER)


def canaries(persons: Iterable[Person] = PERSONS) -> dict[str, str]:
    """{value as text: what it is}, of these persons."""
    return {form: kind for person in persons for kind, forms in person.values().items() for form in forms}


STAFF = {SALESPERSON: "name of staff", AGENT: "name of staff", AGENT.split()[1]: "name of staff"}
TYPED = {
    BANK_CARD: "bank card",
    BANK_CARD.replace(" ", ""): "bank card",
    "kanarie": "anything typed",
    "金丝雀": "typed",
}


def hashes(persons: Iterable[Person] = PERSONS) -> dict[str, str]:
    """Plain hashes of what can be tried out: there are few enough e-mail addresses and telephone numbers."""
    texts = {text for person in persons for given in (person.email, person.phone) for text in (given, given.lower())}
    texts |= {re.sub(r"[^+\d]", "", person.phone) for person in persons}
    plain = (hashlib.md5, hashlib.sha1, hashlib.sha256)
    return {make(text.encode()).hexdigest(): f"plain {make.__name__}" for text in texts for make in plain}


EVERYTHING = canaries() | STAFF | TYPED | hashes()


def forms(value: str) -> dict[bytes, str]:
    """{bytes: form}: how `value` may stand in a file that is not decoded."""
    if re.fullmatch("[0-9a-f]{32,}", value):  # a hash is written in one way
        return {value.encode(): "as it is"}
    found = {}
    for text, case in ((value, "as it is"), (value.lower(), "lower case"), (value.upper(), "upper case")):
        found.setdefault(text.encode(), case)
        found.setdefault(json.dumps(text)[1:-1].encode(), f"{case}, JSON")
        found.setdefault(quote(text).encode(), f"{case}, URL")
        for encoding in ("utf-16-le", "utf-16-be", "gb18030"):
            found.setdefault(text.encode(encoding), f"{case}, {encoding}")
        found.setdefault(text.encode().hex().encode(), f"{case}, hexadecimal")
        found.update({pattern: f"{case}, base64" for pattern in _base64(text.encode()) if pattern not in found})
    return {pattern: form for pattern, form in found.items() if len(pattern) >= 7}  # shorter ones are found by chance


def _base64(raw: bytes) -> Iterator[bytes]:
    """The part of its base64 that does not hang on what stands beside it, for each place it may begin at."""
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + raw + b"\0" * (-(before + len(raw)) % 3))
        first, last = -(-before * 8 // 6), (before + len(raw)) * 8 // 6
        yield encoded[first + (1 if before else 0) : last]


@dataclass(frozen=True)
class Leak:
    file: str
    place: str
    kind: str
    form: str

    def __str__(self) -> str:
        return f"{self.file}: {self.kind} in {self.place} ({self.form})"


def scan(root: Path, values: dict[str, str] | None = None, *, skip: Iterable[Path] = ()) -> list[Leak]:
    """Every file under `root` that holds a value, also in its own name or a link; files and folders of `skip` apart."""
    looked_for = EVERYTHING if values is None else values
    patterns = {pattern: (kind, form) for value, kind in looked_for.items() for pattern, form in forms(value).items()}
    patterns |= {value.upper().encode(): (kind, "upper case") for value, kind in looked_for.items() if "plain" in kind}
    as_stored = {pattern: what for pattern, what in patterns.items() if what[1] in ("as it is", "lower case")}
    skipped = [path.resolve() for path in skip]
    leaks = set()
    for path in sorted(root.rglob("*")):
        if path.is_symlink() or any(path.resolve().is_relative_to(folder) for folder in skipped):
            continue
        name = path.relative_to(root).as_posix()
        leaks |= {Leak(name, "its name", kind, form) for kind, form in _in_bytes(name.encode(), patterns)}
        if path.is_file():
            raw = path.read_bytes()
            is_database = raw[:4] == b"PAR1" or raw[8:12] == b"DUCK"  # which encode nothing in base64
            leaks |= {
                Leak(name, "bytes", kind, form) for kind, form in _in_bytes(raw, as_stored if is_database else patterns)
            }
            leaks |= {Leak(name, place, kind, form) for place, kind, form in _inside(path, raw, patterns, looked_for)}
    return sorted(leaks, key=str)


def _in_bytes(raw: bytes, patterns: dict[bytes, tuple[str, str]]) -> Iterator[tuple[str, str]]:
    return (what for pattern, what in patterns.items() if pattern in raw)


def _inside(path: Path, raw: bytes, patterns: dict, values: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    if raw[:2] == b"\x1f\x8b":
        unpacked = gzip.decompress(raw)
        yield from (("unpacked bytes", kind, form) for kind, form in _in_bytes(unpacked, patterns))
    elif raw[:4] == b"PAR1":
        with duckdb.connect() as connection:
            source = f"'{path}'"
            yield from _in_relation(connection, source, values)
            for facts in ("parquet_metadata", "parquet_kv_metadata", "parquet_schema"):
                yield from _in_relation(connection, f"{facts}({source})", values)
    elif raw[8:12] == b"DUCK":
        yield from in_duckdb(path, values)
    elif raw[:15] == b"SQLite format 3":
        with contextlib.closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            yield from _in_sqlite(connection, values)


def in_duckdb(path: Path, values: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    """Every table, view, comment, default and statistic of a DuckDB file."""
    with duckdb.connect(str(path), read_only=True) as connection:
        for catalog in ("duckdb_tables()", "duckdb_columns()", "duckdb_views()", "duckdb_schemas()", "duckdb_types()"):
            yield from _in_relation(connection, f"(from {catalog} where not internal)", values)
        tables = connection.execute(
            'select format(\'"{}"."{}"\', schema_name, table_name) from duckdb_tables() where not internal'
        ).fetchall()
        for (table,) in tables:
            yield from _in_relation(connection, table, values)
            yield from _in_relation(connection, f"(select stats from pragma_storage_info('{table}'))", values)


NEVER_TEXT = ("TIMESTAMP", "BOOLEAN", "DOUBLE", "FLOAT", "DECIMAL")


def columns_with(connection: duckdb.DuckDBPyConnection, relation: str, values: dict[str, str]) -> dict[str, set[str]]:
    """{column: kinds} of a relation's columns of any type that hold a value, whatever its case."""
    columns = [
        column
        for column, data_type, *_ in connection.execute(f"describe select * from {relation}").fetchall()
        if not data_type.startswith(NEVER_TEXT)
    ]
    texts = {column: f'lower(cast("{column}" as varchar))' for column in columns}
    if not texts:
        return {}
    pattern = "|".join(re.escape(value.lower()) for value in values)
    hits = ", ".join(f"max(case when regexp_matches({text}, $pattern) then {text} end)" for text in texts.values())
    found = connection.execute(f"select {hits} from {relation}", {"pattern": pattern}).fetchone()
    return {
        column: {kind for value, kind in values.items() if value.lower() in text}
        for column, text in zip(columns, found, strict=True)
        if text is not None
    }


def _in_relation(connection, relation: str, values: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for column, kinds in columns_with(connection, relation, values).items():
        yield from ((f"{relation}.{column}", kind, "read") for kind in kinds)


def _in_sqlite(connection: sqlite3.Connection, values: dict[str, str]) -> Iterator[tuple[str, str, str]]:
    for (table,) in connection.execute("select name from sqlite_master where type = 'table'").fetchall():
        for row in connection.execute(f'select * from "{table}"'):
            for cell in row:
                text = cell.decode("utf-8", "replace") if isinstance(cell, bytes) else str(cell)
                hit = {kind for value, kind in values.items() if value.lower() in text.lower()}
                yield from ((table, kind, "read") for kind in hit)
