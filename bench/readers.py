"""Fifty BI tools that refresh from the published file every second, while publications go on."""

from __future__ import annotations

import multiprocessing
import statistics
import time
from dataclasses import dataclass
from pathlib import Path

import duckdb

QUESTIONS = (
    "select value_tier, count(*), sum(net_sales) from marts.customer_360 group by all",
    "select status, count(*), sum(net_sales) from marts.orders group by all",
    "select * from marts.customer_timeline where customer_id = $customer_id order by occurred_at desc limit 20",
    "select * from marts.customer_360 where customer_id = $customer_id",
)


PAUSE_SECONDS = 1.0
READER = {"threads": 1, "enable_progress_bar": False}


@dataclass(frozen=True)
class Answers:
    """What the readers saw until they were told to stop."""

    queries: int
    errors: tuple[str, ...]
    publications_seen: int
    median_seconds: float


class Readers:
    """`count` processes; each opens the file, asks its questions, closes it and waits a second, as a dashboard does."""

    def __init__(self, published: Path, count: int = 50) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop, self._answers = context.Event(), context.Queue()
        self._ready = context.Semaphore(0)
        shared = (published, self._stop, self._answers, self._ready)
        self._processes = [context.Process(target=_read, args=(seed, *shared), daemon=True) for seed in range(count)]

    def __enter__(self) -> Readers:
        for process in self._processes:
            process.start()
        for _ in self._processes:
            if not self._ready.acquire(timeout=180):
                raise RuntimeError("a reader did not start")
        return self

    def stop(self) -> Answers:
        """Tell all to stop and put together what they saw."""
        self._stop.set()
        seen = [self._answers.get(timeout=120) for _ in self._processes]
        return Answers(
            queries=sum(len(times) for times, _, _ in seen),
            errors=tuple(error for _, errors, _ in seen for error in errors),
            publications_seen=len(set().union(*(publications for _, _, publications in seen))),
            median_seconds=statistics.median(time for times, _, _ in seen for time in times),
        )

    def __exit__(self, *exception: object) -> None:
        self._stop.set()
        for process in self._processes:
            process.join(timeout=60)
            if process.is_alive():
                process.kill()


def _read(seed: int, published: Path, stop, answers, ready) -> None:
    times, errors, publications, announced = [], [], set(), False
    one = f"select customer_id from marts.customer_360 using sample reservoir(1 rows) repeatable ({seed})"
    while not stop.is_set():
        try:
            with duckdb.connect(published, read_only=True, config=READER) as connection:
                publications.add(connection.execute("select max(publication_id) from ops.publications").fetchone()[0])
                (customer_id,) = connection.execute(one).fetchone()
                for question in QUESTIONS:
                    started = time.monotonic()
                    values = {"customer_id": customer_id} if "$customer_id" in question else {}
                    connection.execute(question, values).fetchall()
                    times.append(time.monotonic() - started)
        except Exception as error:  # every kind counts: a BI user would see it
            errors.append(f"{type(error).__name__}: {error}")
        stop.wait(PAUSE_SECONDS)
        if not announced:
            ready.release()
            announced = True
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
