"""Publications, rollbacks and prunes under readers of every kind: does anyone see an error, or two versions at once?

    python -m bench.readers --publications 100 --count 50 [--superset VENV]

The warehouse is small and every publication another edition of it, made by the real `publish`. VENV is an environment
with Superset in it (docs/bi/superset.md): some of the readers are then Superset's.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import tempfile
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from pathlib import Path

from bench import swap_readers
from customer360.config import Settings

TABLES = {
    "marts.customer_360": "select 'c' || n as customer_id, sum_of(n) as net_sales, date '2026-03-31' as as_of_date",
    "marts.orders": "select 'o' || n as order_id, 'c' || n as customer_id, sum_of(n) as net_sales",
    "marts.order_items": "select 'i' || n as order_item_id, 'o' || n as order_id, sum_of(n) as net_sales",
    "marts.tickets": "select 't' || n as ticket_id, 'c' || n as customer_id",
    "marts.partners": "select 'p' || n as partner_id",
    "intermediate.int_customer_contacts": "select 'c' || n as customer_id",
    "intermediate.int_field_values_survived": "select 'c' || n as customer_id, 'city' as field, 1 as value_rank",
    "identity.organisation_contacts": "select 'c' || n as customer_id, n as record_key, n as contact_record_key",
    "intermediate.int_marketing_contacts": "select 'c' || n as customer_id, 'sms' as channel, '+4470' || n as contact",
    "intermediate.int_rejected_records": """
        select 'shop' as source_system, 'orders' as source_table, 'o' || n as source_record_id, 'no line' as reason
    """,
}


@dataclass
class Outcome:
    """What the readers saw while so many publications and rollbacks went on."""

    readers: int
    publications: int
    rollbacks: int
    looks: int = 0
    errors: list[str] = field(default_factory=list)
    mixes: list[str] = field(default_factory=list)
    not_current: int = 0  # looks that saw a publication which was not current at any moment of the look
    publications_seen: int = 0
    begun_anew: int = 0  # looks at files of a version that was pruned meanwhile
    mixes_one_by_one: str = ""  # what the way that is not safe saw; no part of the above
    looks_by_kind: dict[str, int] = field(default_factory=dict)
    seconds: float = 0
    publish_seconds: float = 0  # one, on average, under all these readers


def edition(settings: Settings, number: int) -> None:
    """The marts of one edition, built and checked: other rows and other money than the last one."""
    from customer360.warehouse import utc_now, writing

    with writing(settings, "edition") as connection:
        connection.execute(
            f"create or replace temp macro sum_of(n) as ((n * {number + 1}) % 9973 + 0.25)::decimal(18, 4)"
        )
        for name, query in TABLES.items():
            column = swap_readers.EDITION.get(name.removeprefix("marts."), "edition")
            connection.execute(
                f"create or replace table {name} as {query}, {number} as {column} from range({1000 + number % 7}) t(n)"
            )
        connection.execute(
            "insert into ops.model_runs (run_id, finished_at, node_id, resource_type, status, seconds) "
            "values ('run', ?, 'build', 'build', 'success', 1)",
            [utc_now()],
        )
        for stage in ("raw", "publication"):
            connection.execute(
                "insert into ops.completeness_results (run_id, checked_at, stage, check_name, status, message) "
                "values ('run', ?, ?, 'delivered', 'passed', 'ok')",
                [utc_now(), stage],
            )


def swaps(settings: Settings, publications: int) -> tuple[list[tuple[float, float, str]], int, float]:
    """Publish so often, with rollbacks among them: [(when it began, when it was done, what is current since)]."""
    from customer360.publish import current_id, publish, rollback

    made, rollbacks, publishing = [(0.0, 0.0, current_id(settings))], 0, 0.0

    def timed(step, **named) -> float:
        started = time.monotonic()
        current = step(settings, run_id="swap", **named).publication_id
        made.append((started, time.monotonic(), current))
        return time.monotonic() - started

    for number in range(1, publications + 1):
        edition(settings, number)
        publishing += timed(publish)
        if number % 10 == 0:  # back to the one before, and forward again
            newest = made[-1][2]
            timed(rollback)
            timed(rollback, to=newest)
            rollbacks += 2
    return made, rollbacks, publishing / publications


def publish_first(settings: Settings) -> None:
    """In a process of its own: whoever forks readers must not have opened DuckDB."""
    first = multiprocessing.get_context("fork").Process(target=_publish_first, args=(settings,))
    first.start()
    first.join()


def _publish_first(settings: Settings) -> None:
    from customer360.publish import publish

    edition(settings, 0)
    publish(settings, run_id="swap")


def measure(home: Path, *, count: int, publications: int, pause: float = 1.0, kinds=None, kept: int = 3) -> Outcome:
    """Fork the readers, then publish in this process until all is done."""
    settings = Settings(home=home, keep_publications=kept)
    context = multiprocessing.get_context("fork")
    publish_first(settings)
    stop, ready, answers = context.Event(), context.Semaphore(0), context.SimpleQueue()
    kinds = list(kinds or swap_readers.KINDS)
    chosen = [kinds[n % len(kinds)] for n in range(count)] + [swap_readers.one_by_one]
    readers = [
        context.Process(
            target=swap_readers.read, args=(n, kind, settings.published, pause, stop, ready, answers), daemon=True
        )
        for n, kind in enumerate(chosen)
    ]
    started = time.monotonic()
    for reader in readers:
        reader.start()
    for _ in readers:
        ready.acquire(timeout=300)
    made, rollbacks, publish_seconds = swaps(settings, publications)
    stop.set()
    told = [answers.get() for _ in readers]
    seconds = time.monotonic() - started
    return _summed(
        told, made, Outcome(count, publications, rollbacks, seconds=seconds, publish_seconds=publish_seconds)
    )


def _summed(told: list[tuple], made: list[tuple[float, float, str]], outcome: Outcome) -> Outcome:
    looks: Counter[str] = Counter()
    publications = set()
    for kind, seen, errors, mixes, anew in told:
        if kind == "one_by_one":
            looked = len(seen) + len(mixes) + len(errors)
            outcome.mixes_one_by_one = (
                f"{len(mixes)} of {looked} looks, {len(errors)} errors {set(errors) or ''}".strip()
            )
            continue
        looks[kind] += len(seen)
        outcome.errors += [f"{kind}: {error}" for error in errors]
        outcome.mixes += mixes
        outcome.begun_anew += anew
        outcome.not_current += sum(not _was_current(look, made) for look in seen)
        publications |= {publication_id for _, _, publication_id in seen}
    outcome.looks, outcome.looks_by_kind = looks.total(), dict(looks)
    outcome.publications_seen = len(publications)
    return outcome


def _was_current(look: tuple[float, float, str], made: list[tuple[float, float, str]]) -> bool:
    """Whether what was seen was current at some moment of the look."""
    begun, ended, seen = look
    nexts = [done for _, done, _ in made[1:]] + [float("inf")]
    return any(
        publication_id == seen and since <= ended and begun <= until
        for (since, _, publication_id), until in zip(made, nexts, strict=True)
    )


def run(count: int, publications: int, superset: Path | None, pause: float) -> None:
    home = Path(tempfile.mkdtemp(prefix="customer360-readers-"))
    try:
        if superset:
            from bench.superset import measured_with

            outcome = measured_with(superset, home, count=count, publications=publications, pause=pause)
        else:
            outcome = measure(home, count=count, publications=publications, pause=pause)
        print(json.dumps(asdict(outcome), indent=2))
    finally:
        shutil.rmtree(home, ignore_errors=True)
