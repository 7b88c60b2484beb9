# ruff: noqa: E501 (a fault or a record reads best on one line)
"""Does the raw gate name what is missing, and nothing else? Planted faults, clean days, and how small a loss is seen.

    python -m bench.completeness faults --seeds 303 304                 # what must be caught at 300 orders a day
    python -m bench.completeness days --seeds 301 --orders 250          # 60 clean days of a busy company
    python -m bench.completeness days --seeds 305 --orders 8            # and of a quiet one
    python -m bench.completeness curve                                  # share missing × rows a day → chance to see it

Every day is delivered to real systems, pulled by the product's own code and judged by its own gate. Seeds below 100 were
used while the limits were made. A seed that showed a weakness is spent, too: 302 (clumps of ticket events taken for a
gap of hours), 303 and 304 (from which size halves can be told from bad days).
"""

from __future__ import annotations

import argparse
import random
import shutil
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np

from bench.completeness_company import Calendar, Company
from bench.completeness_faults import Fault, rounds
from customer360 import quality
from customer360.errors import Customer360Error
from customer360.warehouse import reading

FIRST = date(2026, 2, 2)
WARM_DAYS = 12  # of daily pulls: columns that fill up later are learned from what came while it was new


def calendar(seed: int) -> Calendar:
    """Each company has growth, a sale, two holidays and noise of its own."""
    dice = random.Random(f"calendar {seed}")
    begins = FIRST + timedelta(days=112)
    sale = begins + timedelta(days=dice.randrange(5, 40))
    holidays = {begins + timedelta(days=dice.randrange(4, 50)): dice.uniform(0.1, 0.6) for _ in range(2)}
    holidays[FIRST + timedelta(days=dice.randrange(20, 80))] = 0.2
    return Calendar(
        growth=dice.uniform(-0.001, 0.003), sale=(sale, sale + timedelta(days=3)), holidays=holidays, noise=dice.uniform(0.04, 0.1)
    )  # fmt: skip


def checked(company: Company) -> list:
    """Every result of the raw gate today."""
    try:
        return quality.check(company.settings, run_id="bench", stage="raw")
    except Customer360Error:
        with reading(company.settings, "bench") as connection:
            rows = connection.execute(
                "select stage, check_name, source_system, table_name, column_name, status, observed, expected, missing, "
                "message, sample_size, tolerated from ops.completeness_results "
                "where checked_at = (select max(checked_at) from ops.completeness_results)"
            ).fetchall()
        return [quality.Result(*row) for row in rows]


def planted(company: Company, folder: Path, faults: list[Fault], seed: int) -> tuple[dict[Fault, list], list]:
    """What names each fault the day it is planted (or the next day, when it takes two), and all that failed."""
    copy = company.copied_to(folder)
    delivery = copy.next_day()
    for fault in faults:
        fault.edit(delivery, copy, random.Random(f"{seed} {fault.name}"))
    copy.deliver(delivery)
    copy.pull()
    results = checked(copy)
    shutil.rmtree(folder)
    return {fault: fault.found_by(results) for fault in faults}, [
        row for row in results if row.status in ("failed", "crashed")
    ]


def faults(seeds: list[int], orders: float, only: list[str], work: Path) -> None:
    caught = total = 0
    for seed in seeds:
        company = Company(work / f"faults{seed}", seed=seed, orders=orders, first=FIRST, calendar=calendar(seed))
        company.pull()
        company.live(WARM_DAYS)
        started = time.process_time()
        for number, group in enumerate(rounds(orders)):
            group = [fault for fault in group if not only or any(part in fault.name for part in only)]
            if not group:
                continue
            found, failed = planted(company, work / f"planted{seed}-{number}", group, seed)
            for fault, results in found.items():
                total, caught = total + 1, caught + bool(results)
                says = f"{results[0].check_name}: {results[0].message[:90]}" if results else "NOT SEEN"
                print(f"  seed {seed}  {fault.name:55} {fault.table:24} {says}", flush=True)
            crashed = [row.message for row in failed if row.status == "crashed"]
            if crashed:
                print("  crashed:", crashed)
        print(f"seed {seed}: {time.process_time() - started:.0f} CPU seconds", flush=True)
        shutil.rmtree(company.folder)
    print(f"{caught} of {total} planted faults caught ({len(seeds)} companies of {orders:g} orders a day)")


def days(seeds: list[int], sizes: list[float], count: int, work: Path) -> None:
    alarms = judged = warnings = comparisons = 0
    for seed in seeds:
        for orders in sizes:
            company = Company(work / f"days{seed}", seed=seed, orders=orders, first=FIRST, calendar=calendar(seed))
            company.pull()
            company.live(WARM_DAYS)
            for day in range(count):
                company.live(1)
                results = checked(company)
                judged, comparisons = judged + 1, comparisons + len(results)
                warnings += sum(row.status == "warning" for row in results)
                for row in (row for row in results if row.status in ("failed", "crashed")):
                    alarms += 1
                    print(
                        f"  FALSE ALARM seed {seed}, {orders:g} orders: {row.table_name} {row.check_name}: {row.message}",
                        flush=True,
                    )
                if day % 10 == 9:
                    print(
                        f"  seed {seed}, {orders:g} orders a day: {day + 1} clean days, {alarms} false alarms so far",
                        flush=True,
                    )
            shutil.rmtree(company.folder)
    print(f"{alarms} false alarms and {warnings} warnings in {judged} clean days, {comparisons} comparisons")


def curve(draws: int = 100) -> Iterator[str]:
    """How often one day's loss is seen by usual_rows, with 6 % of noise beyond chance, eight weeks of history."""
    from customer360.completeness import ExpectUsualRows

    generator = np.random.default_rng(7)
    expectation = ExpectUsualRows(table="shop_orders", day="ordered_at")
    shares = (0.1, 0.2, 0.3, 0.4, 0.5, 0.7, 1.0)
    yield "rows a day | " + " | ".join(f"{share:.0%} missing" for share in shares)
    for volume in (2, 5, 10, 20, 40, 100, 400, 2000):
        seen = []
        for share in shares:
            hits = 0
            for _ in range(draws):
                rows = generator.poisson(volume * np.maximum(0.3, generator.normal(1, 0.06, 70)))
                rows[-1] = generator.binomial(rows[-1], 1 - share)
                hits += any(
                    row["observed"] < row["expected"] - row["tolerated"] for row in expectation.judge(as_facts(rows))
                )
            seen.append(hits / (draws))
        yield f"{volume:10} | " + " | ".join(f"{value:11.0%}" for value in seen)


def as_facts(rows: np.ndarray) -> dict:
    listed = [{"day": (FIRST + timedelta(days=n)).isoformat(), "rows": int(value)} for n, value in enumerate(rows)]
    due = (FIRST + timedelta(days=len(rows))).isoformat() + " 00:00:00"
    return {"due": due, "days": listed, "hours": [], "holidays": []}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("what", choices=("faults", "days", "curve"))
    parser.add_argument("--seeds", type=int, nargs="+", default=[101])
    parser.add_argument("--orders", type=float, nargs="+", default=None)
    parser.add_argument("--days", type=int, default=60)
    parser.add_argument("--only", nargs="+", default=[], help="faults whose names hold one of these texts")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="completeness-") as folder:
        if arguments.what == "faults":
            faults(arguments.seeds, (arguments.orders or [300])[0], arguments.only, Path(folder))
        elif arguments.what == "days":
            days(arguments.seeds, arguments.orders or [8, 250], arguments.days, Path(folder))
        else:
            print("\n".join(curve()))


if __name__ == "__main__":
    main()
