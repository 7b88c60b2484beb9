"""Fifty BI tools that refresh from the published file every five seconds, while publications go on.

    python -m bench.readers --file published/customer_360.duckdb --count 50
    python -m bench.readers --publications 100 --count 50 [--superset VENV]      (bench/swaps.py)

A program of its own, so that readers are forked from a small process. It says `ready` when each has read once, reads on
until its input ends, then prints what the readers saw as JSON.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import multiprocessing
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb

QUESTIONS = (
    "select value_tier, count(*), sum(net_sales) from marts.customer_360 group by all",
    "select status, count(*), sum(net_sales) from marts.orders group by all",
    "select * from marts.customer_timeline where customer_id = '{customer_id}' order by occurred_at desc limit 20",
    "select * from marts.customer_360 where customer_id = '{customer_id}'",
)


PAUSE_SECONDS = 5.0


@dataclass(frozen=True)
class Answers:
    """What the readers saw until they were told to stop."""

    queries: int
    errors: list[str]
    publications_seen: int
    median_ms: float


@contextlib.contextmanager
def reading(published: Path, count: int = 50) -> Iterator[Callable[[], Answers]]:
    """`count` readers at work; calling what it yields stops them and says what they saw."""
    command = [sys.executable, "-m", "bench.readers", "--file", str(published), "--count", str(count)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            if process.stdout.readline().strip() != "ready":
                raise RuntimeError("the readers did not start")
            yield lambda: Answers(**json.loads(process.communicate("")[0]))
        finally:
            process.terminate()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.readers", description=__doc__.partition("\n")[0])
    parser.add_argument("--file", type=Path)
    parser.add_argument("--count", type=int, default=50)
    parser.add_argument("--publications", type=int, help="publish so often under all kinds of readers")
    parser.add_argument("--superset", type=Path, metavar="VENV", help="an environment with Superset: reads along")
    parser.add_argument("--pause", type=float, default=2, help="seconds between two looks of a reader, at most")
    options = parser.parse_args()
    if options.publications:
        from bench import swaps

        swaps.run(options.count, options.publications, options.superset, options.pause)
        return
    context = multiprocessing.get_context("fork")
    stop, ready, answers = context.Event(), context.Semaphore(0), context.SimpleQueue()
    readers = [
        context.Process(target=_read, args=(seed, options.file, stop, ready, answers), daemon=True)
        for seed in range(options.count)
    ]
    for reader in readers:
        reader.start()
    for _ in readers:
        ready.acquire(timeout=120)
    print("ready", flush=True)
    sys.stdin.read()
    stop.set()
    seen = [answers.get() for _ in readers]
    times = [each for one, _, _ in seen for each in one]
    print(json.dumps({
        "queries": len(times),
        "errors": sorted({error for _, errors, _ in seen for error in errors}),
        "publications_seen": len(set().union(*(publications for _, _, publications in seen))),
        "median_ms": statistics.median(times or [0]) * 1000,
    }))  # fmt: skip


def _read(seed: int, published: Path, stop, ready, answers) -> None:
    times, errors, publications = [], [], set()
    one = f"select customer_id from marts.customer_360 using sample reservoir(1 rows) repeatable ({seed})"
    is_first = True
    while not stop.is_set():
        try:
            with duckdb.connect(published, read_only=True, config={"threads": 1}) as connection:
                publications.add(connection.execute("select max(publication_id) from ops.publications").fetchone()[0])
                (customer_id,) = connection.execute(one).fetchone()
                for question in QUESTIONS:
                    started = time.monotonic()
                    connection.execute(question.format(customer_id=customer_id)).fetchall()
                    times.append(time.monotonic() - started)
        except Exception as error:  # every kind counts: a BI user would see it
            errors.append(f"{type(error).__name__}: {error}")
        if is_first:
            ready.release()
            is_first = False
        stop.wait(PAUSE_SECONDS)
    answers.put((times, errors, publications))


def look_up(published: Path, times: int = 200) -> tuple[float, float]:
    """Milliseconds to look one customer up by id: median with the file open, and median when it is opened for each."""
    question = "select * from marts.customer_360 where customer_id = ?"
    sample = f"select customer_id from marts.customer_360 using sample reservoir({times} rows) repeatable (1)"
    with duckdb.connect(published, read_only=True) as connection:
        ids = [row[0] for row in connection.execute(sample).fetchall()]
        opened = [_milliseconds(connection, question, each) for each in ids]
    anew = []
    for each in ids[:50]:
        started = time.perf_counter()
        with duckdb.connect(published, read_only=True) as connection:
            _milliseconds(connection, question, each)
        anew.append((time.perf_counter() - started) * 1000)
    return statistics.median(opened), statistics.median(anew)


def _milliseconds(connection: duckdb.DuckDBPyConnection, question: str, customer_id: str) -> float:
    started = time.perf_counter()
    connection.execute(question, [customer_id]).fetchall()
    return (time.perf_counter() - started) * 1000


if __name__ == "__main__":
    main()
