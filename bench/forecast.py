"""How long it takes to foretell a million customers, and how far off the total is when their story is known.

    python -m bench.forecast [--customers 1000000]

The customers are made by the model's own story (rates and leaving vary among them, two years of history and the year
after), so that the total that came is known; reading their purchase days out of DuckDB is part of the time.
"""

from __future__ import annotations

import argparse
import resource
import time
from datetime import date

import duckdb
import numpy as np
import pyarrow as pa

from bench.report import machine
from customer360.forecast.bg_nbd import BgNbd
from customer360.forecast.expected import expected_purchases

STORY = BgNbd(r=0.9, alpha=150.0, a=0.4, b=2.5)
HISTORY_DAYS, FORETOLD_DAYS, THROUGH = 730, 365, date(2026, 10, 31)


def made_up_purchase_days(connection: duckdb.DuckDBPyConnection, customers: int, seed: int) -> int:
    """Fill `purchase_days`, up to THROUGH; returns how many purchase days come in the year after it."""
    random = np.random.default_rng(seed)
    rate = random.gamma(STORY.r, 1 / STORY.alpha, customers)
    leaving = random.beta(STORY.a, STORY.b, customers)
    spent = 200 / random.gamma(5, 1 / 0.8, customers)
    who, day, later = np.arange(customers), random.uniform(0, HISTORY_DAYS, customers), 0
    rows = []
    while len(who):
        known = day < HISTORY_DAYS
        later += int(np.sum(~known))
        money = random.gamma(2, spent[who[known]] / 2).round(2) + 0.01
        rows.append(pa.table({"customer": who[known], "day": day[known].astype(int), "money": money}))
        first = len(rows) == 1  # nobody leaves on the first day
        stays = np.ones(len(who), bool) if first else random.random(len(who)) >= leaving[who]
        who, day = who[stays], day[stays]
        day = day + random.exponential(1 / np.maximum(rate[who], 1e-9))
        soon = day < HISTORY_DAYS + FORETOLD_DAYS
        who, day = who[soon], day[soon]
    bought = pa.concat_tables(rows)  # noqa: F841, read by DuckDB
    connection.execute(
        f"""
        create table purchase_days as
        select 'C' || customer as customer_id, 'individual' as customer_kind,
            date '{THROUGH}' - ({HISTORY_DAYS - 1} - day)::integer as purchased_on,
            sum(money)::decimal(18, 4) as net_sales
        from bought group by all
        """
    )
    return later


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.forecast", description=__doc__.partition("\n")[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with duckdb.connect(config={"memory_limit": "3GB"}) as connection:
        later = made_up_purchase_days(connection, options.customers, options.seed)
        (days,) = connection.execute("select count(*) from purchase_days").fetchone()
        started, worked = time.monotonic(), time.process_time()
        foretold = expected_purchases(connection, "purchase_days", through=THROUGH, days=FORETOLD_DAYS)
        seconds, worked = time.monotonic() - started, time.process_time() - worked
    error = np.asarray(foretold["expected_orders"]).sum() / later - 1
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    print(f"{machine()}\n")
    print(f"| {options.customers:,} customers, {days:,} purchase days | |\n| --- | ---: |")
    print(f"| learning and foretelling, seconds | **{seconds:.1f}** |")
    print(f"| — of the processor | {worked:.1f} |")
    print(f"| peak memory of the process, made-up data included, GiB | {gib:.1f} |")
    print(f"| total of the next year, against what came | {error:+.2%} |")


if __name__ == "__main__":
    main()
