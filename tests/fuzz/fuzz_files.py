"""Malformed deliveries of files: a valid one is made from a seed and then broken in one of many ways.

case = delivery(random.Random("files-7"))      # case.name, case.content, case.what
"""

from __future__ import annotations

import gzip
import io
import json
import random
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq

from customer360.sources.contract import MEMBERSHIP, Table

CANARIES = ("canary.zebediah@example.org", "Zebediah Quartzcanary", "+49 151 5550 199 canary")
LIMIT = 24 << 20  # CUSTOMER360_MAX_FILE_BYTES of the fuzzer


@dataclass(frozen=True)
class Case:
    name: str
    content: bytes
    what: str


ODD_VALUES = [
    "NaN", "Infinity", "-0", "1e400", "9" * 400, "0x1F", "1,234.50", "１２", "٣", "0000-00-00", "9999-12-31",
    "10000-01-01",
    "2026-02-30", "2026-01-01 24:00:00", "2026-01-01T00:00:00+99:99", "2026-01-01T00:00:00.123456789Z", "-271821-04-20",
    "=cmd|'/c calc'!A1", "@SUM(1+1)", "'; drop table raw.membership_members; --", '"; attach \'/etc/passwd\' as x; --',
    "${HOME} {{ env_var('PATH') }}", "../../etc/passwd", "\x00", "\x1b[31m", "\u202egnp.exe", "\u2028",
    "\ufeff", "\ufffd",
    "a\rb", "a\nb", "'", '"', '""', '"""', "\\", "\\N", "NULL", "null", "None", "", " ", "\t", "true", "1" * 5000,
    "{" * 500, "[" * 20_000, "😀" * 50, "e\u0301" * 20, "𠮷", "4111 1111 1111 1111", "DE89370400440532013000",
]  # fmt: skip
ODD_NAMES = [
    "", " ", "_load_id", "_source_row", "_row_hash", "_SOURCE_FILE", "MEMBER_ID", "member id", "a.b", "a'b",
    'a"b', "a\\b",
    "'; drop table raw.membership_members; --", '"; --', "select", "{}", "$", "*", "\x00", "\n", "é", "😀", "x" * 300,
    "iban", "card_number", "updated_at ", "joined_on (UTC)", "file_row_number", "filename", "column0", "c_updated_at",
]  # fmt: skip
ODD_FILE_NAMES = [
    "'; drop table x;--", "a\nb", "a\tb", "*", "[1]", "?", "{{a,b}}", "$(id)", "`id`", "%2e%2e%2f", "..",
    "...", "-rf", "~",
    "王小明", "😀", "é", "x" * 180, " ", "a'b", 'a"b', "\\", ";", "&&", "|", "\udcff\udcfe", "\x1b[2J",
    "canary{0}", "#", "=1+1",
]  # fmt: skip
ENCODINGS = ["utf-16", "utf-16-be", "utf-32", "utf-7", "gb18030", "cp1252", "shift_jis", "cp037", "utf-8-sig", "koi8-r"]


def value(rng: random.Random, table: Table, column, row: int) -> str:
    if column.name == table.key:
        return f"K{rng.randrange(10**9)}-{row}"
    match column.type:
        case "timestamp":
            return f"2026-01-{1 + row % 28:02d} {rng.randrange(24):02d}:00:00"
        case "date":
            return f"19{rng.randrange(50, 99)}-0{rng.randrange(1, 9)}-1{rng.randrange(9)}"
        case "boolean":
            return rng.choice(["true", "false"])
        case "money" | "quantity" | "integer":
            return str(rng.randrange(100))
    return rng.choice([*CANARIES, "Ada", "王小明", "Müller", ""])


def records(rng: random.Random, table: Table) -> list[dict[str, str]]:
    chosen = [c for c in table.columns if c.required or rng.random() < 0.7]
    return [{c.name: value(rng, table, c, row) for c in chosen} for row in range(rng.randrange(1, 60))]


def as_csv(rows: list[dict], rng: random.Random) -> bytes:
    delimiter, end = rng.choice([",", ",", ";", "\t", "|"]), rng.choice(["\n", "\n", "\r\n", "\r"])
    quote = rng.choice([lambda v: v, lambda v: '"' + v.replace('"', '""') + '"'])
    lines = [delimiter.join(rows[0]), *(delimiter.join(quote(v) for v in row.values()) for row in rows)]
    return (end.join(lines) + rng.choice([end, end, ""])).encode(errors="surrogatepass")


def as_jsonl(rows: list[dict], rng: random.Random) -> bytes:
    ascii_ = rng.random() < 0.5
    return "".join(json.dumps(row, ensure_ascii=ascii_) + "\n" for row in rows).encode(errors="surrogatepass")


def as_parquet(rows: list[dict], rng: random.Random) -> bytes:
    file = io.BytesIO()
    codec = rng.choice(["snappy", "none", "zstd", "gzip"])
    pq.write_table(pa.Table.from_pylist(rows), file, compression=codec, use_dictionary=rng.random() < 0.5)
    return file.getvalue()


FORMATS: dict[str, Callable] = {"csv": as_csv, "jsonl": as_jsonl, "parquet": as_parquet}


# What breaks the bytes of a file


def _cut(data: bytes, rng) -> bytes:
    return data[: rng.randrange(len(data) + 1)]


def _flip(data: bytes, rng) -> bytes:
    broken = bytearray(data)
    for _ in range(rng.choice([1, 1, 2, 5, 50])):
        if broken:
            broken[rng.randrange(len(broken))] ^= 1 << rng.randrange(8)
    return bytes(broken)


def _flip_end(data: bytes, rng) -> bytes:
    return data[:-200] + _flip(data[-200:], rng)  # where Parquet says what is in it


def _insert(data: bytes, rng) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.randbytes(rng.choice([1, 3, 100])) + data[place:]


def _insert_odd(data: bytes, rng) -> bytes:
    place = rng.randrange(len(data) + 1)
    return data[:place] + rng.choice(ODD_VALUES).encode(errors="replace") + data[place:]


def _remove(data: bytes, rng) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start + rng.randrange(1, 200) :]


def _repeat(data: bytes, rng) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + data[start : start + 300] * rng.randrange(2, 30) + data[start:]


def _zeros(data: bytes, rng) -> bytes:
    start = rng.randrange(len(data) + 1)
    return data[:start] + bytes(rng.randrange(1, 300)) + data[start:]


def _noise(data: bytes, rng) -> bytes:
    return rng.randbytes(rng.randrange(1, 5000))


def _recode(data: bytes, rng) -> bytes:
    return data.decode(errors="replace").encode(rng.choice(ENCODINGS), errors="replace")


BYTES = [_cut, _flip, _flip, _flip_end, _insert, _insert_odd, _remove, _repeat, _zeros, _noise, _recode]


# What breaks the content


def _odd_values(rows, rng):
    for row in rows:
        for name in rng.sample(list(row), min(len(row), rng.randrange(1, 4))):
            row[name] = rng.choice(ODD_VALUES)
    return rows


def _odd_columns(rows, rng):
    names = rng.sample(ODD_NAMES, rng.randrange(1, 5))
    return [row | {name: rng.choice(ODD_VALUES) for name in names} for row in rows]


def _lost_column(rows, rng):
    lost = rng.choice(list(rows[0]))
    return [{name: value for name, value in row.items() if name != lost} for row in rows]


def _renamed_column(rows, rng):
    old, new = rng.choice(list(rows[0])), rng.choice(ODD_NAMES)
    return [{(new if name == old else name): value for name, value in row.items()} for row in rows]


def _very_wide(rows, rng):
    width = rng.choice([450, 10_000])
    return [row | {f"column_{n}": "1" for n in range(width)} for row in rows[:2]]


def _long_value(rows, rng):
    rows[0][rng.choice(list(rows[0]))] = rng.choice(["x", '"', "\n", "é"]) * rng.choice([70_000, 2_000_000])
    return rows


def _doubled(rows, rng):
    return [*rows, *rng.sample(rows, len(rows)), *rows[:1] * 20]


def _as_they_are(rows, rng):
    return rows


CONTENT = [_odd_values, _odd_values, _odd_columns, _lost_column, _renamed_column, _very_wide, _long_value, _doubled]


def _other_types(rows: list[dict], rng) -> bytes:
    """A Parquet file or JSON lines with values that are no text."""
    odd = [None, True, -1, 2**62, 1.5, float("nan"), float("inf"), [1, [2]], {"a": {"b": [None]}}, "", [], {}]
    rows = [{name: rng.choice([v, rng.choice(odd)]) for name, v in row.items()} for row in rows]
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def _typed_parquet(rows: list[dict], rng) -> bytes:
    types = [
        pa.int8(), pa.uint64(), pa.float32(), pa.float64(), pa.bool_(), pa.date32(), pa.timestamp("ns"), pa.null(),
        pa.timestamp("us", "Asia/Shanghai"), pa.decimal128(38, 37), pa.binary(), pa.list_(pa.int32()), pa.time64("us"),
        pa.struct([("a", pa.list_(pa.string()))]), pa.dictionary(pa.int8(), pa.string()), pa.duration("s"),
    ]  # fmt: skip
    columns, size = {name: pa.array([row[name] for row in rows]) for name in rows[0]}, len(rows)
    for name in rng.sample(list(columns), rng.randrange(1, 4)):
        type_ = rng.choice(types)
        try:
            columns[name] = pa.array([rng.randrange(100)] * size).cast(type_)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
            columns[name] = pa.nulls(size, type_)
    file = io.BytesIO()
    pq.write_table(pa.table(columns), file)
    return file.getvalue()


def _billion_rows(rows: list[dict], rng) -> bytes:
    """Few bytes that unpack to very many rows."""
    file = io.BytesIO()
    pq.write_table(pa.table({name: pa.array([rows[0][name][:20]] * 2_000_000) for name in rows[0]}), file)
    return file.getvalue()


def _nested(rows: list[dict], rng) -> bytes:
    depth = rng.choice([50, 2_000, 100_000])
    lines = [json.dumps(row)[:-1] + ', "deep": ' + "[" * depth + "]" * depth + "}" for row in rows[:3]]
    return "\n".join([*lines, "[" * depth, '{"a":' * depth, "1", "null", '"x"', ""]).encode()


def delivery(rng: random.Random, *, heavy: bool = True) -> Case:
    """One malformed file of the membership system; heavy: also those of many megabytes."""
    table = rng.choice(MEMBERSHIP)
    kind = rng.choice([*FORMATS, "csv", "jsonl"])
    rows, what = records(rng, table), []
    if rng.random() < 0.6:
        breaker = rng.choice([b for b in CONTENT if heavy or b not in (_very_wide, _long_value)])
        rows = breaker(rows, rng)
        what.append(breaker.__name__)
    special = {"jsonl": [_other_types, _nested], "parquet": [_typed_parquet, *([_billion_rows] if heavy else [])]}
    if kind in special and rng.random() < 0.35:
        maker = rng.choice(special[kind])
        what.append(maker.__name__)
    else:
        maker = FORMATS[kind]
    try:
        content = maker(rows, rng)
    except (pa.ArrowException, UnicodeEncodeError):
        content = maker(records(rng, table), rng)
    if not what or rng.random() < 0.4:
        breaker = rng.choice(BYTES)
        content = breaker(content, rng)
        what.append(breaker.__name__)
    name = f"{table.name}_{rng.randrange(10**6)}.{kind}"
    if rng.random() < 0.2:
        odd = rng.choice(ODD_FILE_NAMES).format(rng.randrange(10**6)) if rng.random() < 0.9 else "a" * 100
        name = f"{table.name}_{rng.randrange(10**6)}{odd}.{kind}".replace("/", "_")
        what.append("odd name")
    if rng.random() < 0.2:
        content, name = gzip.compress(content), f"{name}.gz"
        packing = rng.choice([_cut, _flip, _insert, _as_they_are, "twice", "bomb", "two members"])
        if packing == "twice":
            content = gzip.compress(content)
        elif packing == "bomb":
            content = gzip.compress(bytes(LIMIT * 2 if heavy else 1 << 20), 1)
        elif packing == "two members":
            content += gzip.compress(b"\n\n")
        else:
            content = packing(content, rng)
        what.append(f"gzip {getattr(packing, '__name__', packing)}")
    return Case(name, content, ", ".join(what))
