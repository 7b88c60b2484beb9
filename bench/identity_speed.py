"""How long a million source records take, how much memory, what one per cent more costs, and that the answer is one.

The records are the e-commerce family: two languages, four sources, households, reused phones. Ours and plain Splink
resolve the same file, one after the other, each in a process of its own.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import duckdb

from bench import measure
from bench.identity_families import FAMILIES, write

RESOLVE = (sys.executable, "-m", "bench.identity_resolve")
PLAIN_SPLINK = (sys.executable, "-m", "bench.identity_alternatives", "--threshold", "0.95")
NEW_SHARE = 0.01


def speed(home: Path, records: int, seed: int) -> dict:
    """All measurements, as plain numbers; seconds without reading the file, memory of the whole process."""
    base, new = _files(home, records, seed)
    state = home / "state.duckdb"
    results = {"records": records, "new_records": _count(new), "persons": _count(base, "distinct person")}

    def step(name: str, *command: str) -> None:
        print(f"  {records:,} records: {name}", flush=True)
        measured = measure.run(command, os.environ)
        results[name] = {**json.loads(measured.output.strip().splitlines()[-1]), "peak_gib": measured.peak_gib}
        (home / "speed.partial.json").write_text(json.dumps(results, indent=2) + "\n", encoding="utf-8")

    step("ours", *RESOLVE, str(base), "--state", str(state))
    step("ours_new", *RESOLVE, str(new), "--previous", str(state))
    step("plain_splink", *PLAIN_SPLINK, str(base))
    for name, options in {
        "one_thread": ["--threads", "1"],
        "four_threads": ["--threads", "4"],
        "shuffled": ["--shuffle", "7"],
    }.items():
        step(name, *RESOLVE, str(base), *options)
    state.unlink()
    return results


def _files(home: Path, records: int, seed: int) -> tuple[Path, Path]:
    """The records, and one per cent more of the same people and others."""
    whole, base, new = (home / f"speed.{name}.parquet" for name in ("whole", "base", "new"))
    write(FAMILIES["commerce"], whole, records=records + round(records * NEW_SHARE), seed=seed)
    with duckdb.connect() as connection:
        rows = (
            f"(select *, file_row_number < {records} as is_base from read_parquet('{whole}', file_row_number = true))"
        )
        for file, condition in ((base, "is_base"), (new, "not is_base")):
            connection.execute(
                f"copy (select * exclude (file_row_number, is_base) from {rows} where {condition} "
                f"order by file_row_number) to '{file}' (format parquet)"
            )
    whole.unlink()
    return base, new


def _count(file: Path, what: str = "*") -> int:
    return duckdb.sql(f"select count({what}) from '{file}'").fetchone()[0]


def speed_table(r: dict) -> str:
    """A Markdown table: ours beside plain Splink, then what one per cent more costs and whether all runs agree."""
    ours, new, plain = r["ours"], r["ours_new"], r["plain_splink"]
    whole, added = (each["normalise_seconds"] + each["resolve_seconds"] for each in (ours, new))
    same = all(r[name]["digest"] == ours["digest"] for name in ("one_thread", "four_threads", "shuffled"))
    rows = [
        [f"{r['records']:,} records of {r['persons']:,} persons", "customer360", "plain Splink"],
        ["---", "---:", "---:"],
        ["seconds", f"**{whole:.1f}**", f"{plain['seconds']:.1f}"],
        ["— normalising, resolving", f"{ours['normalise_seconds']:.1f}, {ours['resolve_seconds']:.1f}", "–"],
        ["peak memory, GiB", f"**{ours['peak_gib']:.2f}**", f"{plain['peak_gib']:.2f}"],
        [f"{r['new_records']:,} new records on top, seconds", f"{added:.1f}", "–"],
        ["— share of the whole", f"**{added / whole:.0%}**", "–"],
        ["same clusters with 1, 2, 4 threads and rows shuffled", "**yes**" if same else "**no**", "–"],
    ]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)
