"""Tombstones: by what an erased person is recognised again, as keyed fingerprints from which nothing can be read.

They are rows of ops.erasures and lines of `$CUSTOMER360_HOME/secrets/erasures.jsonl` (0600). The file outlives the
warehouse: a new or restored one takes from it what it lacks.

A fingerprint is of one value of one kind: the id of a record (the kind is its raw table, e.g. shop_customers), or an
e-mail, card, name, phone with name, in the form of `customer360.erasure.words`. SQL and Python make the same ones.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.durable import flush
from customer360.keyed import hash_key, keyed_hash
from customer360.sources.casting import constant, literal

BLOCK = 64  # bytes of SHA-256's block, to which HMAC pads its key


@dataclass(frozen=True)
class Tombstone:
    """One fingerprint of an erased person; `pseudonym` stands for the person in what is kept."""

    erasure_id: str
    erased_at: datetime
    kind: str
    fingerprint: str
    pseudonym: str


def tombstone_file(settings: Settings) -> Path:
    return settings.key_file.with_name("erasures.jsonl")


def fingerprint(key: bytes, kind: str, value: str) -> str:
    return keyed_hash(key, "erased", kind, value)


def pseudonym(key: bytes, erasure_id: str, customer_id: str) -> str:
    """What stands for the person from now on. Another erasure gives another, so that no two lives are joined."""
    return f"erased-{keyed_hash(key, 'pseudonym', erasure_id, customer_id)[:16]}"


def create_functions(connection: duckdb.DuckDBPyConnection, key: bytes) -> None:
    """The macro `erased_fingerprint(kind, said)` of this connection: what `fingerprint` gives, in DuckDB's threads."""
    padded = (key if len(key) <= BLOCK else hashlib.sha256(key).digest()).ljust(BLOCK, b"\0")
    inner, outer = (bytes(byte ^ pad for byte in padded).hex() for pad in (0x36, 0x5C))
    part = "unhex(printf('%08x', strlen({0}))) || encode({0})"
    message = " || ".join(part.format(value) for value in ("'erased'", "kind", "said"))
    connection.execute(
        f"create or replace temp macro erased_fingerprint(kind, said) as "
        f"sha256(unhex('{outer}') || unhex(sha256(unhex('{inner}') || {message})))"
    )


def write(settings: Settings, connection: duckdb.DuckDBPyConnection, tombstones: Iterable[Tombstone]) -> None:
    """Remember tombstones: in the file first, since what the file holds is never lost with the warehouse."""
    tombstones = list(tombstones)
    append(tombstone_file(settings), tombstones)
    insert(connection, tombstones)


def append(file: Path, tombstones: Iterable[Tombstone]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    known = set(_lines(file))
    lines = [json.dumps(asdict(tombstone), default=str) for tombstone in tombstones]
    with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8") as target:
        if file.stat().st_size and not file.read_bytes().endswith(b"\n"):  # a kill in the middle of a line
            target.write("\n")
        target.writelines(f"{line}\n" for line in lines if line not in known)
        target.flush()
        os.fsync(target.fileno())


def cut(file: Path, length: int) -> None:
    """Forget what was appended behind so many bytes, by an erasure that is refused."""
    if file.exists():
        os.truncate(file, length)
        flush(file)


def insert(connection: duckdb.DuckDBPyConnection, tombstones: Iterable[Tombstone]) -> None:
    rows = ", ".join(f"({', '.join(map(constant, asdict(tombstone).values()))})" for tombstone in tombstones)
    if rows:
        connection.execute(f"insert into ops.erasures select * from (values {rows}) except select * from ops.erasures")


def take_from_file(settings: Settings, connection: duckdb.DuckDBPyConnection) -> int:
    """Give the warehouse the tombstones that only the file knows; how many those were."""
    file = tombstone_file(settings)
    lines = _lines(file)
    (known,) = connection.execute("select count(*) from ops.erasures").fetchone()
    if len(lines) <= known:
        return 0
    connection.execute(
        f"""
        insert into ops.erasures
        select erasure_id, erased_at, kind, fingerprint, pseudonym
        from read_json({literal(str(file))}, format = 'newline_delimited', ignore_errors = true, columns = {{
            erasure_id: 'varchar', erased_at: 'timestamp', kind: 'varchar', fingerprint: 'varchar', pseudonym: 'varchar'
        }})
        where fingerprint is not null
        except select * from ops.erasures
        """
    )
    return connection.execute("select count(*) from ops.erasures").fetchone()[0] - known


def key_of(settings: Settings) -> bytes:
    return hash_key(settings)


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []
