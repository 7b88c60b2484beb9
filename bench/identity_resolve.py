"""Resolve a file of records once, as the pipeline does, and print what it took and what came out.

    python -m bench.identity_resolve RECORDS [--threads N] [--shuffle SEED] [--state FILE] [--previous FILE]

A process of its own, so that its memory can be measured. --state keeps what a later run needs; with --previous RECORDS
are new ones on top of those of that state. The digest is of who is together with whom: equal digests, equal clusters,
whatever they are called.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from contextlib import closing
from datetime import datetime
from pathlib import Path

import duckdb

from customer360.identity import labelled_file, labelled_records
from customer360.identity.column_choice import choose
from customer360.identity.model import Model
from customer360.identity.resolver import Previous, resolve

KNOWN_AT = datetime(2026, 1, 1)


def connect(spill: str, *, threads: int | None = None, memory_limit: str = "3GB") -> duckdb.DuckDBPyConnection:
    config = {"memory_limit": memory_limit, "temp_directory": spill}
    return duckdb.connect(config=config | ({"threads": threads} if threads else {}))


def read(connection: duckdb.DuckDBPyConnection, path: Path, *, truth: str = "person", numbered_from: int = 1) -> float:
    """Make `source_records` of a labelled file; returns the seconds that normalising took."""
    names, _ = labelled_file.read(connection, path)
    labelled_records.take(connection, choose(names, [], truth=truth, guess=True))
    connection.execute(f"update labelled set record_number = record_number + {numbered_from - 1}")
    started = time.monotonic()
    labelled_records.normalise(connection, known_at=KNOWN_AT, default_country="CN")
    return time.monotonic() - started


def shuffle(connection: duckdb.DuckDBPyConnection, seed: int) -> None:
    """Put the rows of `source_records` in another order."""
    connection.execute(
        f"create or replace temp table source_records as from source_records order by hash(record_key, {seed})"
    )


def keep(connection: duckdb.DuckDBPyConnection, model: Model, file: Path) -> None:
    """Write records, pairs, hashes and model, as the warehouse keeps them between two runs."""
    file.unlink(missing_ok=True)
    connection.execute(f"attach '{file}' as state")
    connection.execute("create table state.source_records as from source_records")
    connection.execute("create table state.pairs as from pairs")
    connection.execute("create table state.hashes as select record_key, feature_hash from features")
    connection.execute("create table state.model as select $1 as model", [model.to_json()])
    connection.execute("detach state")


def add_to(connection: duckdb.DuckDBPyConnection, file: Path) -> Previous:
    """Put `source_records` on top of those of an earlier run; returns what that run left."""
    connection.execute(f"attach '{file}' as state (read_only)")
    connection.execute("insert into source_records from state.source_records")
    (model,) = connection.execute("select model from state.model").fetchone()
    return Previous(model=Model.from_json(model), pairs="state.pairs", hashes="state.hashes")


def digest(connection: duckdb.DuckDBPyConnection) -> tuple[int, str]:
    """The number of clusters in `resolved` and a hash of the partition."""
    return connection.execute(
        """
        with named as (
            select record_key, min(record_key) over (partition by cluster) as first_key from resolved
        )
        select count(distinct first_key), md5(string_agg(concat(record_key, ' ', first_key), '|' order by record_key))
        from named
        """
    ).fetchone()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.identity_resolve", description=__doc__.partition("\n")[0])
    parser.add_argument("records", type=Path)
    parser.add_argument("--threads", type=int)
    parser.add_argument("--shuffle", type=int, metavar="SEED")
    parser.add_argument("--state", type=Path, metavar="FILE")
    parser.add_argument("--previous", type=Path, metavar="FILE")
    parser.add_argument("--memory-limit", default="3GB", help="of DuckDB, as the product's")
    options = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as spill,
        closing(connect(spill, threads=options.threads, memory_limit=options.memory_limit)) as connection,
    ):
        normalise_seconds = read(connection, options.records, numbered_from=10**8 if options.previous else 1)
        if options.shuffle is not None:
            shuffle(connection, options.shuffle)
        started = time.monotonic()
        previous = add_to(connection, options.previous) if options.previous else None
        model = resolve(connection, records="source_records", previous=previous)
        resolve_seconds = time.monotonic() - started
        if options.state:
            keep(connection, model, options.state)
        (records,) = connection.execute("select count(*) from resolved").fetchone()
        clusters, partition = digest(connection)
    print(
        json.dumps(
            {
                "records": records,
                "clusters": clusters,
                "digest": partition,
                "normalise_seconds": normalise_seconds,
                "resolve_seconds": resolve_seconds,
            }
        )
    )


if __name__ == "__main__":
    main()
