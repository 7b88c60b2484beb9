"""A town for tests of the resolver: strangers in the background, and the few records each test is about.

Records are normalised as staging does it, then resolved with the model learned from the background alone. All the cases
of a module are resolved at once: they share no value, and a test sees its own records only.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import islice
from random import Random

import duckdb
import pyarrow as pa

from bench.identity_families import FAMILIES
from customer360.identity import functions
from customer360.identity.model import Model
from customer360.identity.resolver import Previous, resolve

LOADED = datetime(2026, 1, 31)
COUNTRY = "GB"
STRANGERS = 1_200
RAW = (
    "record_key", "account_type", "full_name", "given_name", "family_name", "organisation_name", "email", "phone",
    "birth_date", "gender", "occupation", "address_line", "city", "region", "postcode", "country", "card_number",
)  # fmt: skip
NO_PAIRS = """(
    select '' as record_key_a, '' as record_key_b, '' as match_rule, 0.0 as match_probability, 0.0 as match_weight,
        '' as evidence, '' as objection, '' as outcome, false as is_guarded, '' as reason
    where false
)"""
NO_HASHES = "(select '' as record_key, '' as feature_hash where false)"

Row = dict[str, str | None]


@dataclass(frozen=True)
class Pair:
    rule: str
    probability: float
    outcome: str
    objection: str | None
    is_guarded: bool
    reason: str


@dataclass(frozen=True)
class Found:
    """What came out, of the records whose keys are `names`: who is together, and what is said of each pair."""

    clusters: set[frozenset[str]]
    pairs: dict[frozenset[str], Pair]
    excluded: dict[str, tuple[str, int, int]]  # identifier: reason, records, people
    model: Model

    def together(self, *names: str) -> bool:
        return any(cluster.issuperset(names) for cluster in self.clusters)

    def apart(self, *names: str) -> bool:
        """No two of them are one customer."""
        return all(len(cluster.intersection(names)) < 2 for cluster in self.clusters)

    def pair(self, a: str, b: str) -> Pair | None:
        return self.pairs.get(frozenset((a, b)))

    def said(self, a: str, b: str) -> str:
        pair = self.pair(a, b)
        return pair.reason if pair else ""


def connect(threads: int = 2) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect(config={"threads": threads})
    functions.register(connection, COUNTRY)
    return connection


def add_records(connection: duckdb.DuckDBPyConnection, rows: dict[str, Row], table: str = "source_records") -> None:
    """Normalise `rows`, by record key, and put them into the temp table `table` (made if it is not there)."""
    keyed = [{"record_key": key} | row for key, row in rows.items()]
    raw = pa.table({name: pa.array([row.get(name) for row in keyed], pa.string()) for name in RAW})
    connection.register("raw_rows", raw)
    known = f"(select *, timestamp '{LOADED}' as first_seen_at, timestamp '{LOADED}' as _loaded_at from raw_rows)"
    select = functions.source_records(known, columns=(*RAW, "first_seen_at", "_loaded_at"), default_country=COUNTRY)
    connection.execute(f"create temp table if not exists {table} as select * from ({select}) limit 0")
    connection.execute(f"insert into {table} {select}")
    connection.unregister("raw_rows")


@cache
def strangers() -> pa.Table:
    """Made-up shoppers, some of them several times, normalised."""
    rows = islice(FAMILIES["commerce"].rows(Random("strangers"), STRANGERS), STRANGERS)
    with connect() as connection:
        add_records(connection, {f"strangers.records:{number:05}": row for number, row in enumerate(rows)})
        return connection.execute("from source_records").fetch_arrow_table()


@cache
def learned() -> Model:
    """The model of the strangers: what most tests use, for training takes seconds."""
    with connect() as connection:
        connection.register("records_of_strangers", strangers())
        return resolve(connection, records="records_of_strangers")


def with_model(model: Model) -> Previous:
    """A run that knows nothing but a model."""
    return Previous(model, NO_PAIRS, NO_HASHES)


def table_of(
    connection: duckdb.DuckDBPyConnection, name: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]
) -> str:
    """A temp table of texts; returns its name."""
    connection.execute(f"create or replace temp table {name} ({', '.join(f'{column} varchar' for column in columns)})")
    for row in rows:
        connection.execute(f"insert into {name} values ({', '.join('?' * len(row))})", list(row))
    return name


def found(connection: duckdb.DuckDBPyConnection, model: Model, prefix: str = "") -> Found:
    """Read what `resolve` left; of the records whose keys begin with `prefix`, named by the rest of their keys."""
    members: dict[int, set[str]] = {}
    for cluster, key in connection.execute("select cluster, record_key from resolved").fetchall():
        members.setdefault(cluster, set()).add(key.removeprefix(prefix))
    ours = {
        key.removeprefix(prefix)
        for (key,) in connection.execute("select record_key from resolved").fetchall()
        if key.startswith(prefix)
    }
    pairs = connection.execute(
        """
        select record_key_a, record_key_b, match_rule, match_probability, outcome, objection, is_guarded, reason
        from pairs where starts_with(record_key_a, $1) and starts_with(record_key_b, $1)
        """,
        [prefix],
    ).fetchall()
    excluded = connection.execute("select identifier, reason, record_count, people_count from excluded").fetchall()
    return Found(
        {frozenset(cluster) for cluster in members.values() if cluster & ours},
        {frozenset(key.removeprefix(prefix) for key in (a, b)): Pair(*said) for a, b, *said in pairs},
        {identifier: tuple(said) for identifier, *said in excluded},
        model,
    )


@dataclass
class Town:
    """The cases of one module. `case` names a test's records; the first test to ask resolves them all."""

    records: dict[str, Row] = field(default_factory=dict)
    identifiers: list[tuple[str, str, str]] = field(default_factory=list)
    decisions: list[tuple[str, str, str]] = field(default_factory=list)
    listed: list[tuple[str, str, str]] = field(default_factory=list)
    connection: duckdb.DuckDBPyConnection | None = None

    def case(self, rows: dict[str, Row], *, identifiers=(), decisions=(), listed=()):
        """The records of the test below, by name, and of these names: identifiers (name, type, value) that a system
        gave, decisions (name, name, 'link' or 'unlink'); listed: values (type, value, reason) that are nobody's.
        """

        def note(test):
            prefix = prefix_of(test.__name__)
            self.records |= {prefix + name: row for name, row in rows.items()}
            self.identifiers += [(prefix + name, kind, value) for name, kind, value in identifiers]
            self.decisions += [(prefix + a, prefix + b, decision) for a, b, decision in decisions]
            self.listed += listed
            return test

        return note

    def resolve(self) -> duckdb.DuckDBPyConnection:
        if self.connection is None:
            connection = connect()
            connection.register("records_of_strangers", strangers())
            connection.execute("create temp table source_records as from records_of_strangers")
            add_records(connection, self.records)
            given = {
                "identifiers": ("record_key", "identifier_type", "identifier"),
                "decisions": ("record_key_a", "record_key_b", "decision"),
                "listed": ("identifier_type", "identifier", "reason"),
            }
            tables = {name: table_of(connection, name, columns, getattr(self, name)) for name, columns in given.items()}
            resolve(connection, records="source_records", previous=with_model(learned()), **tables)
            self.connection = connection
        return self.connection

    def found(self, test: str) -> Found:
        return found(self.resolve(), learned(), prefix_of(test))


def prefix_of(test: str) -> str:
    return f"{test}.records:"


def resolve_rows(rows: dict[str, Row], *, model: Model | None = None, threads: int = 2) -> Found:
    """Resolve these records alone, with a model of their own unless one is given."""
    with connect(threads) as connection:
        add_records(connection, rows)
        used = resolve(connection, records="source_records", previous=with_model(model) if model else None)
        return found(connection, used)
