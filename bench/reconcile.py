"""Reconcile a large table of a real PostgreSQL with raw, 100 differences planted, beside `COPY … TO STDOUT` of it.

    python -m bench.reconcile [--rows 10000000] [--table order_items] [--home data/bench/reconcile] [--keep]

Measured in one run: COPY of the table to nowhere before and after, the reconciliation of the shop in a process of its
own (with peak memory), a second one that must find nothing, and, to compare, the checksum that PostgreSQL would have
to compute if the work were pushed down to it (md5 of every row as text, summed up by day and bucket).
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import sys
import time
from pathlib import Path

import duckdb
import psycopg2

from bench import measure
from bench.report import machine
from customer360.config import load_settings
from customer360.sources import orders
from customer360.sources.contract import SHOP, TABLES
from real_data import postgres

CUSTOMER360 = str(Path(sys.executable).with_name("customer360"))
DIFFERENCES = {"dropped": 25, "altered": 25, "deleted": 25, "moved": 15, "doubled": 10}
DAYS = 730

# Rows as a shop has them; {i} is the number of the row. One in {DAYS} falls on each day.
VALUES = {
    "text": "('{name} ' || (({i} * 7919) % 100003))",
    "timestamp": "(timestamp '2024-01-01' + interval 1 day * ({i} % 730) + interval 1 second * (({i} * 37) % 86400))",
    "date": "date '1990-05-17' + ({i} % 9000)::integer",
    "money": "(({i} * 31) % 1000000 * 0.01)",
    "quantity": "(1 + {i} % 5)::decimal(18, 4)",
    "boolean": "{i} % 9 = 0",
    "integer": "{i} % 1000",
}


def query_of(table, rows: int) -> str:
    """A query that gives `rows` rows of a table of the contract."""
    columns = []
    for column in table.columns:
        value = "'K' || lpad(i::varchar, 9, '0')" if column.name == table.key else VALUES[column.type]
        columns.append(f"{value.format(name=column.name, i='i')}::{column.duckdb_type} as {column.name}")
    return f"select {', '.join(columns)} from range({rows}) as numbers(i)"


def fill(url: str, name: str, rows: int) -> None:
    """The shop in PostgreSQL: the table with all its rows, the others empty; an index on the key only."""
    table = TABLES[f"shop_{name}"]
    with contextlib.closing(duckdb.connect()) as duck:
        postgres.load_shop(duck, url, {name: query_of(table, rows)})
    with contextlib.closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f"alter table {name} drop constraint {name}_pkey")  # or no row could stand there twice
        cursor.execute(f"create index if not exists {name}_key on {name} ({table.key})")
        cursor.execute(f"vacuum (analyze) {name}")


def plant(url: str, warehouse: Path, name: str, rows: int) -> None:
    """Differences in random places of the source and of raw."""
    table = TABLES[f"shop_{name}"]
    text = next(column.name for column in table.columns[2:] if column.type == "text")
    numbers = random.Random(6).sample(range(rows), sum(DIFFERENCES.values()))
    keys: dict[str, str] = {}
    for kind, count in DIFFERENCES.items():
        mine, numbers = numbers[:count], numbers[count:]
        keys[kind] = ", ".join(f"'K{number:09d}'" for number in mine)
    with contextlib.closing(duckdb.connect(str(warehouse))) as raw:
        raw.execute(f"delete from raw.shop_{name} where {table.key} in ({keys['dropped']})")
    with contextlib.closing(psycopg2.connect(url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(f"update {name} set {text} = 'altered' where {table.key} in ({keys['altered']})")
        cursor.execute(f"delete from {name} where {table.key} in ({keys['deleted']})")
        cursor.execute(
            f"update {name} set updated_at = updated_at - interval '9 days' where {table.key} in ({keys['moved']})"
        )
        cursor.execute(f"insert into {name} select * from {name} where {table.key} in ({keys['doubled']})")


def copy_out(url: str, name: str) -> float:
    """Seconds of COPY … TO STDOUT of the table, thrown away."""
    started = time.monotonic()
    with contextlib.closing(psycopg2.connect(url)) as connection, open(os.devnull, "wb") as nowhere:
        connection.cursor().copy_expert(f"copy {name} to stdout", nowhere)
    return time.monotonic() - started


def pushed_down(url: str, name: str) -> float:
    """Seconds of block checksums computed inside PostgreSQL."""
    table = TABLES[f"shop_{name}"]
    started = time.monotonic()
    with contextlib.closing(psycopg2.connect(url)) as connection, connection.cursor() as cursor:
        cursor.execute(
            f"select updated_at::date, right({table.key}, 2), count(*), "
            f"sum(('x' || left(md5(t::text), 15))::bit(60)::bigint) from {name} as t group by 1, 2"
        )
        cursor.fetchall()
    return time.monotonic() - started


def bench(rows: int, name: str, home: Path, *, keep: bool) -> dict:
    """All measurements, as plain numbers."""
    work = home / f"{name}_{rows}"
    results: dict = {"table": name, "rows": rows, "differences": sum(DIFFERENCES.values())}
    with postgres.server(work) as url:
        environment = {key: value for key, value in os.environ.items() if not key.startswith("CUSTOMER360_")} | {
            "CUSTOMER360_HOME": str(work / "home"),
            "CUSTOMER360_SHOP_URL": url,
        }
        settings = load_settings(environment)
        pristine = work / "pulled.duckdb"
        if not (keep and pristine.exists()):
            fill(url, name, rows)
            settings.warehouse.unlink(missing_ok=True)
            orders.pull(settings, run_id="bench", progress=print)
            plant(url, settings.warehouse, name, rows)
            work.mkdir(parents=True, exist_ok=True)
            os.replace(settings.warehouse, pristine)
        settings.home.mkdir(parents=True, exist_ok=True)
        settings.warehouse.write_bytes(b"")
        with pristine.open("rb") as source, settings.warehouse.open("wb") as copy:
            while block := source.read(1 << 24):
                copy.write(block)
        copy_out(url, name)  # warms the cache for everybody
        results["copy_seconds"] = [copy_out(url, name)]
        first = measure.run([CUSTOMER360, "reconcile", "orders"], environment)
        results |= {"reconcile_seconds": first.seconds, "reconcile_gib": first.peak_gib}
        print(first.output, json.dumps(results), flush=True)
        results["copy_seconds"].append(copy_out(url, name))
        second = measure.run([CUSTOMER360, "reconcile", "orders"], environment)
        results |= {"second_seconds": second.seconds}
        results["pushed_down_checksum_seconds"] = pushed_down(url, name)
        print(second.output)
        with contextlib.closing(duckdb.connect(str(settings.warehouse), read_only=True)) as warehouse:
            told = warehouse.execute(
                f"select run_id, kind, found, repaired, rows_read_again from ops.reconciliations "
                f"where source_table = '{name}' order by reconciled_at, kind"
            ).fetchall()
        results["found"] = [list(row) for row in told]
        results["ratio"] = results["reconcile_seconds"] / min(results["copy_seconds"])
    return results


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.reconcile", description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--table", choices=[table.name for table in SHOP], default="order_items")
    parser.add_argument("--home", type=Path, default=Path("data/bench/reconcile"))
    parser.add_argument("--keep", action="store_true", help="use the shop that an earlier run made")
    options = parser.parse_args()
    home = options.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    results = bench(options.rows, options.table, home, keep=options.keep)
    (home / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    print(f"{machine()}\n{json.dumps(results, indent=2)}")


if __name__ == "__main__":
    main()
