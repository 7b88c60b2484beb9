"""Restating growth and levels: everything, everything again after a changed rule, and a day of 0.1 % on top.

    python -m bench.levels [--members 1000000] [--entries 10000000] [--home data/bench/levels]

Each step is a process of its own that calls the engine as int_growth_entries and int_member_level_periods do, and keeps
what it gives as dbt does. Beside it stands a plain SQL script over the same entries: rolling sums and the level they
reach, by windows; it knows no coefficient, no grace, and no return that undoes what was believed.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from datetime import datetime
from pathlib import Path

import duckdb

from bench import levels_data, measure
from bench.report import machine
from customer360.levels.entries import restated_entries
from customer360.levels.periods import level_periods
from customer360.levels.rules import load_rules

DAY_SHARE = 0.001
# What a company without the engine might write: no feedback from level to growth, so windows are enough.
PLAIN = """
    create or replace table plain_history as
    with
    changes as (
        select customer_id, counts_from as changed_on, growth_value from main.ledger where known_until is null
        union all
        select customer_id, expires_on, -growth_value from main.ledger where known_until is null
    ),
    daily as (
        select customer_id, changed_on, sum(growth_value) as change from changes group by all
    ),
    rolling as (
        select
            customer_id, changed_on,
            sum(change) over (partition by customer_id order by changed_on) as growth_value
        from daily
    ),
    levelled as (
        select rolling.*, max(level_rank) as level_rank
        from rolling inner join member_levels on greatest(growth_value, 0) >= growth_from
        group by all
    ),
    compared as (
        select *, lag(level_rank) over (partition by customer_id order by changed_on) as previous_rank from levelled
    )
    select
        customer_id, level_rank, growth_value, changed_on as valid_from,
        lead(changed_on) over (partition by customer_id order by changed_on) as valid_to
    from compared where previous_rank is distinct from level_rank
"""


def restate(connection: duckdb.DuckDBPyConnection, run: int) -> dict:
    """One build: the ledger, then the levels. Seconds of each, and how many rows there are then."""
    rules = load_rules(connection, levels="member_levels", level_rules="level_rules")
    given = {"members": "(select * from members)", "grants": "(select * from grants)", "rules": rules}
    started = time.monotonic()
    entries = restated_entries(
        connection,
        facts="(select * from facts)",
        reversals="(select * from reversals)",
        previous="main.ledger" if run > 1 else None,
        known_at=datetime(2026, 11, run),
        **given,
    ).sql_query()
    _store(connection, "main.ledger", entries, run)
    valued = time.monotonic()
    periods = level_periods(
        connection,
        entries="(select * from main.ledger where known_until is null)",
        as_of=levels_data.LAST_DAY,
        previous="main.level_history" if run > 1 else None,
        **given,
    ).sql_query()
    _store(connection, "main.level_history", periods, run)
    done = time.monotonic()
    counts = connection.execute(
        """
        select
            (select count(*) from main.ledger where known_until is null),
            (select count(*) from main.ledger where known_until is not null),
            (select count(*) from main.level_history)
        """
    ).fetchone()
    seconds = {"entries_seconds": valued - started, "levels_seconds": done - valued}
    return seconds | dict(zip(("entries", "past_entries", "periods"), counts, strict=True))


def _store(connection: duckdb.DuckDBPyConnection, table: str, query: str, run: int) -> None:
    """As dbt does: the table, or the members that came out anew in the place of what was there of them."""
    if run == 1:
        connection.execute(f"create table {table} as {query}")
        return
    connection.execute(f"create or replace temp table came_out as {query}")
    connection.execute(f"delete from {table} where customer_id in (select customer_id from came_out)")
    connection.execute(f"insert into {table} from came_out")


def step(database: Path, name: str) -> dict:
    """What a process of its own measures."""
    with duckdb.connect() as connection:  # the engine compiled, or read from its cache
        levels_data.make(connection, members=1, facts=1, day_facts=1)
        restate(connection, 1)
    with duckdb.connect(str(database), config={"threads": 2, "memory_limit": "3GB"}) as connection:
        if name == "plain":
            started = time.monotonic()
            connection.execute(PLAIN)
            return {"seconds": time.monotonic() - started}
        if name == "day":
            connection.execute("insert into facts from day_facts; insert into reversals from day_reversals")
        if name == "rule":
            connection.execute("update member_levels set coefficient = coefficient + 0.05 where level = 'gold'")
        return restate(connection, {"whole": 1, "day": 2, "rule": 3}[name])


def measure_all(home: Path, members: int, facts: int) -> dict:
    """All measurements, as plain numbers."""
    home.mkdir(parents=True, exist_ok=True)
    database = home / "levels.duckdb"
    database.unlink(missing_ok=True)
    results: dict = {"members": members, "facts": facts, "day_facts": round(facts * DAY_SHARE)}
    with duckdb.connect(str(database)) as connection:
        levels_data.make(connection, members=members, facts=facts, day_facts=results["day_facts"])
    for name in ("whole", "plain", "day", "rule"):
        print(f"  {members:,} members, {facts:,} facts: {name}", flush=True)
        command = [sys.executable, "-m", "bench.levels", "--database", str(database), "--step", name]
        measured = measure.run(command, os.environ)
        results[name] = json.loads(measured.output.strip().splitlines()[-1]) | {"peak_gib": measured.peak_gib}
        (home / "results.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")
    database.unlink()
    return results


def table_of(r: dict) -> str:
    """A Markdown table: each step's seconds and memory, and the day as a share of the whole."""
    seconds = {name: r[name]["entries_seconds"] + r[name]["levels_seconds"] for name in ("whole", "rule", "day")}
    seconds["plain"] = r["plain"]["seconds"]
    title = f"{r['members']:,} members, {r['whole']['entries']:,} ledger entries"
    rows = [[title, "seconds", "ledger + levels", "peak memory, GiB"], ["---", "---:", "---:", "---:"]]
    for name, what in {
        "whole": "everything, from nothing",
        "rule": "everything again: a coefficient was changed",
        "day": f"a day of {r['day_facts']:,} facts on top",
        "plain": "plain SQL: rolling sums by windows",
    }.items():
        parts = "–" if name == "plain" else f"{r[name]['entries_seconds']:.1f} + {r[name]['levels_seconds']:.1f}"
        rows.append([what, f"**{seconds[name]:.1f}**", parts, f"{r[name]['peak_gib']:.2f}"])
    rows.append(["**everything ÷ plain SQL**", f"**{seconds['whole'] / seconds['plain']:.2f}**", "", ""])
    rows.append(["**day ÷ everything**", f"**{seconds['day'] / seconds['whole']:.0%}**", "", ""])
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.levels", description=__doc__.partition("\n")[0])
    parser.add_argument("--members", type=int, default=1_000_000)
    parser.add_argument("--entries", type=int, default=10_000_000, help="facts that earn; returns come on top")
    parser.add_argument("--home", type=Path, default=Path("data/bench/levels"))
    parser.add_argument("--database", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--step", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        print(json.dumps(step(options.database, options.step)))
        return
    results = measure_all(options.home.resolve(), options.members, options.entries)
    print(f"\n{machine()}\n\n{table_of(results)}")


if __name__ == "__main__":
    main()
