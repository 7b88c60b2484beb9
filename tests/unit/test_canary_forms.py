"""The scan finds a canary in every form and every kind of file: one that sees nothing would prove anything."""

import base64
import gzip
import hashlib
import json
import sqlite3

import duckdb
import pytest
from canaries import CHINESE, LATIN, scan

NAME, ADDRESS = CHINESE.full_name, LATIN.address_line


def kinds(folder) -> set[tuple[str, str]]:
    return {(leak.file, leak.kind) for leak in scan(folder)}


@pytest.mark.parametrize(
    "raw",
    [
        f"{LATIN.email.lower()} called".encode(),
        json.dumps({"who": NAME}).encode(),
        NAME.encode("utf-16"),
        NAME.encode("gb18030"),
        b"%E6%AC%A7%E9%98%B3%E7%BF%A0%E7%BE%BD",
        LATIN.full_name.encode().hex().encode(),
        "欧阳翠羽 as pinyin: OUYANG CUIYU".encode()[12:],
        gzip.compress(ADDRESS.encode(), mtime=0),
        hashlib.sha256(LATIN.email.lower().encode()).hexdigest().upper().encode(),
        hashlib.md5(LATIN.phone.replace("-", "").encode()).hexdigest().encode(),
        *(base64.b64encode(b"z" * before + LATIN.full_name.encode() + b"behind") for before in range(4)),
    ],
)
def test_a_value_is_found_in_every_form(tmp_path, raw):
    (tmp_path / "file").write_bytes(raw)
    assert kinds(tmp_path)
    (tmp_path / "file").write_bytes(b"nothing of the kind, 138-4471-9054")
    assert not kinds(tmp_path)


def test_a_value_is_found_in_columns_comments_and_statistics_of_databases(tmp_path):
    with duckdb.connect(str(tmp_path / "a.duckdb")) as connection:
        connection.execute(
            f"create table t as select 'no ' || i as harmless, {{'a': ['{ADDRESS}']}} as s from range(9) r(i)"
        )
        connection.execute(f"create table u as select date '{LATIN.birth_date}' as day")
        connection.execute(f"comment on column u.day is 'of {NAME}'")
        connection.execute(f"create view v as select '{LATIN.email}' as who")
        connection.execute(f"copy (select 13844719053 as number) to '{tmp_path / 'b.parquet'}'")
    with sqlite3.connect(tmp_path / "c.sqlite") as connection:
        connection.execute("create table t (raw blob)")
        connection.execute("insert into t values (?)", [NAME.encode()])
    connection.close()
    (tmp_path / LATIN.email).touch()
    assert kinds(tmp_path) >= {
        ("a.duckdb", "address"),
        ("a.duckdb", "birth date"),
        ("a.duckdb", "name"),
        ("a.duckdb", "email"),
        ("b.parquet", "phone"),
        ("c.sqlite", "name"),
        (LATIN.email, "email"),
    }
    assert {file for file, _ in kinds(tmp_path)} == {"a.duckdb", "b.parquet", "c.sqlite", LATIN.email}


def test_what_is_to_be_skipped_is_not_looked_at(tmp_path):
    (tmp_path / "private").mkdir()
    (tmp_path / "private" / "file").write_text(NAME, encoding="utf-8")
    assert scan(tmp_path, skip=[tmp_path / "private"]) == []
    assert scan(tmp_path)
