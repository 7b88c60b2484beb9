"""Measure the product at several sizes and print the results as a table.

    python -m bench --orders 100000 1000000 [--home data/bench] [--keep]

For each size: a sample company of that many orders in a real PostgreSQL, then
- pulling orders, against `COPY … TO STDOUT` of the same tables;
- the build and the whole run, against the marts' SQL as one plain DuckDB script;
- a day with 0.1 % new orders, against the full build;
- peak memory of each step; 50 readers while publications go on; looking up one customer.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import secrets
import shutil
import sys
import time
from datetime import timedelta
from pathlib import Path

import psycopg2

from bench import measure
from bench.readers import look_up, reading
from bench.report import machine, table_of
from customer360.config import Settings, load_settings
from customer360.demo.company import generate
from customer360.demo.server import HelpdeskServer
from customer360.sources.contract import SHOP
from real_data import postgres

CUSTOMER360 = str(Path(sys.executable).with_name("customer360"))
PUBLICATIONS = 3
DAY_SHARE = 0.001


def measure_size(orders: int, home: Path, *, keep: bool) -> dict:
    """All measurements at one size, as plain numbers."""
    work = home / f"{orders}_orders"
    results: dict = {"orders": orders}
    with contextlib.ExitStack() as running:
        shop_url = running.enter_context(postgres.server(work))
        if not (keep and (work / "sample" / "company.json").exists()):
            started = time.monotonic()
            generate(work / "sample", size="large", seed=1, orders=orders, shop_url=shop_url)
            results["generate_seconds"] = time.monotonic() - started
        _remove_day(shop_url)
        token = secrets.token_urlsafe(16)
        helpdesk = running.enter_context(HelpdeskServer(work / "sample" / "helpdesk", token=token))
        shutil.rmtree(work / "home", ignore_errors=True)
        environment = {name: value for name, value in os.environ.items() if not name.startswith("CUSTOMER360_")} | {
            "CUSTOMER360_HOME": str(work / "home"),
            "CUSTOMER360_SHOP_URL": shop_url,
            "CUSTOMER360_HELPDESK_URL": helpdesk.url,
            "CUSTOMER360_HELPDESK_TOKEN": token,
            "CUSTOMER360_MEMBERS_URL": str(work / "sample" / "members"),
            "CUSTOMER360_EXPECTATIONS": str(Path(__file__).parent / "expectations"),
        }
        settings = load_settings(environment)
        results["rows"] = _rows(shop_url)
        results["copy_out_seconds"] = _copy_out(shop_url)

        def step(name: str, *command: str) -> None:
            print(f"  {orders:,} orders: {' '.join(command)}", flush=True)
            measured = measure.run(command, environment)
            results[f"{name}_seconds"], results[f"{name}_gib"] = measured.seconds, measured.peak_gib
            (work / f"{name}.log").write_text(measured.output, encoding="utf-8")
            # Should a later step fail, what was measured is not lost.
            (work / "measured.json").write_text(json.dumps(results, indent=2), encoding="utf-8")

        for source in ("orders", "tickets", "members"):
            step(f"pull_{source}", CUSTOMER360, "pull", source)
        plain = work / "plain" / "warehouse.duckdb"
        plain.parent.mkdir(exist_ok=True)
        shutil.copy(settings.warehouse, plain)
        step("check_raw", CUSTOMER360, "check", "raw")
        step("build", CUSTOMER360, "build")
        step("check_publication", CUSTOMER360, "check", "publication")
        step("publish", CUSTOMER360, "publish")
        step(
            "plain", sys.executable, "-m", "bench.plain_script", "--home", str(work / "home"), "--database", str(plain)
        )
        results["plain_models_seconds"] = _seconds_of_models(work / "plain.log")
        shutil.rmtree(plain.parent)
        results |= _under_readers(settings, environment)
        results["lookup_ms"], results["open_and_lookup_ms"] = look_up(settings.published / "customer_360.duckdb")
        results["warehouse_gib"] = settings.warehouse.stat().st_size / measure.GIB
        results["day_orders"] = _add_day(shop_url, orders)
        step("day_pull", CUSTOMER360, "pull", "orders")
        step("day_build", CUSTOMER360, "build")
    return results


def _rows(shop_url: str) -> int:
    with contextlib.closing(psycopg2.connect(shop_url)) as connection, connection.cursor() as cursor:
        return sum(_one(cursor, f"select count(*) from {table.name}") for table in SHOP)


def _one(cursor, query: str) -> int:
    cursor.execute(query)
    return cursor.fetchone()[0]


def _copy_out(shop_url: str) -> float:
    """Seconds to copy every table of the shop out of PostgreSQL into nothing, as text."""
    started = time.monotonic()
    with (
        contextlib.closing(psycopg2.connect(shop_url)) as connection,
        connection.cursor() as cursor,
        open(os.devnull, "wb") as out,
    ):
        for table in SHOP:
            cursor.copy_expert(f"copy {table.name} to stdout", out)
    return time.monotonic() - started


def _seconds_of_models(log: Path) -> float:
    """The plain script without starting Python: the sum over its models."""
    return sum(float(line.split("s ")[0]) for line in log.read_text(encoding="utf-8").splitlines() if "s " in line)


def _under_readers(settings: Settings, environment: dict[str, str]) -> dict:
    published = settings.published / "customer_360.duckdb"
    with reading(published, count=50) as stop:
        seconds = [measure.run([CUSTOMER360, "publish"], environment).seconds for _ in range(PUBLICATIONS)]
        answers = stop()
    for error in answers.errors:
        print(f"  a reader met: {error}", file=sys.stderr)
    return {
        "reader_queries": answers.queries,
        "reader_errors": len(answers.errors),
        "reader_publications": answers.publications_seen,
        "reader_median_ms": answers.median_ms,
        "publish_under_readers_seconds": sum(seconds) / len(seconds),
    }


def _remove_day(shop_url: str) -> None:
    """Undo `_add_day` of an earlier run."""
    with contextlib.closing(psycopg2.connect(shop_url)) as connection, connection, connection.cursor() as cursor:
        for name in ("orders", "order_items", "payments"):
            cursor.execute(f"delete from {name} where order_id like 'day-%'")


def _add_day(shop_url: str, orders: int) -> int:
    """Add a day after the last one: 0.1 % new orders, copied from earlier ones under new ids. Returns how many."""
    wanted = max(1, round(orders * DAY_SHARE))
    with contextlib.closing(psycopg2.connect(shop_url)) as connection, connection, connection.cursor() as cursor:
        cursor.execute("select max(updated_at) from orders")
        tomorrow = cursor.fetchone()[0] + timedelta(days=1)
        cursor.execute(f"create temp table day as select order_id from orders order by md5(order_id) limit {wanted}")
        for name in ("orders", "order_items", "payments"):
            table = next(table for table in SHOP if table.name == name)
            new = {table.key: f"'day-' || {table.key}", "order_id": "'day-' || order_id"}
            new |= dict.fromkeys(("updated_at", "ordered_at", "paid_at"), "%(day)s::timestamp")
            new |= dict.fromkeys(("shipped_at", "delivered_at", "cancelled_at", "promised_delivery_at"), "null")
            new |= {"status": "case status when 'cancelled' then status else 'paid' end"} if name == "orders" else {}
            names = [column.name for column in table.columns]
            cursor.execute(
                f"insert into {name} ({', '.join(names)}) select {', '.join(new.get(each, each) for each in names)} "
                f"from {name} where order_id in (select order_id from day)",
                {"day": tomorrow},
            )
    return wanted


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--orders", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--home", type=Path, default=Path("data/bench"), help="where the companies and warehouses go")
    parser.add_argument("--keep", action="store_true", help="use the company that an earlier run made")
    options = parser.parse_args()
    home = options.home.resolve()
    home.mkdir(parents=True, exist_ok=True)
    results = []
    for orders in options.orders:
        results.append(measure_size(orders, home, keep=options.keep))
        (home / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
        print(f"\n{machine()}\n\n{table_of(results)}\n", flush=True)


if __name__ == "__main__":
    main()
