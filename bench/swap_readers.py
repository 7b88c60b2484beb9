"""How tools read the publication, one function per way; each look says which publication it saw.

A look opens what its kind of tool opens, asks several tables and files, and returns the one publication id they all
tell, or raises MixedError. `one_by_one` is what a tool should not do: it is counted apart.
"""

from __future__ import annotations

import json
import os
import random
import time
from collections.abc import Callable
from pathlib import Path

import duckdb

# Where each mart of the small warehouse says which edition it is of: columns that the marts have.
EDITION = {
    "customer_360": "identity_count",
    "orders": "days_late",
    "order_items": "quantity",
    "tickets": "handoff_count",
    "partners": "order_count",
}
# One row: the publication, and what each mart says of edition and money. Whatever ties is of one publication.
WHOLE = f"""
    select publication_id, net_sales, customer_count, order_count,
        (select sum(net_sales) from marts.customer_360) as sum_1,
        (select sum(net_sales) from marts.orders) as sum_2,
        (select sum(net_sales) from marts.order_items) as sum_3,
        (select count(*) from marts.customer_360) as customers,
        (select count(*) from marts.orders) as orders,
        (select count(distinct edition) from (
            {" union all ".join(f"select {column} as edition from marts.{mart}" for mart, column in EDITION.items())}
        )) as editions,
        (select max(days_late) from marts.orders) as edition
    from ops.publications where is_current
"""


class MixedError(Exception):
    """Tables or files of two publications were seen as one."""


def tied(row: tuple) -> tuple[str, int]:
    """(publication id, edition) of one answer to WHOLE."""
    publication_id, net_sales, customers, orders, *rest = row
    sums, (customer_rows, order_rows, editions, edition) = rest[:3], rest[3:]
    if {*map(float, sums)} != {float(net_sales)} or (customer_rows, order_rows, editions) != (customers, orders, 1):
        raise MixedError(f"{publication_id}: {row}")
    return publication_id, edition


def duckdb_file(published: Path, pause: float) -> str:
    """A connection to the fixed name, asked again after a while: one connection is one publication."""
    with duckdb.connect(published / "customer_360.duckdb", read_only=True, config={"threads": 1}) as connection:
        return _asked_again(lambda: connection.execute(WHOLE).fetchone(), pause)


def sqlalchemy_engine(published: Path, pause: float) -> str:
    """The same through SQLAlchemy, with a new engine as a script makes it."""
    from sqlalchemy import create_engine, text

    url, read_only = f"duckdb:///{published / 'customer_360.duckdb'}", {"read_only": True, "config": {"threads": 1}}
    engine = create_engine(url, connect_args=read_only)
    try:
        with engine.connect() as connection:
            return _asked_again(lambda: tuple(connection.execute(text(WHOLE)).one()), pause)
    finally:
        engine.dispose()


def version_folder(published: Path, pause: float) -> str:
    """All files of one version: the link is followed once, then the manifest says what there is."""
    folder = Path(os.path.realpath(published / "current"))
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    editions = set()
    with duckdb.connect(config={"threads": 1}) as connection:
        for mart, column in EDITION.items():
            file = folder / "parquet" / f"{mart}.parquet"
            editions |= set(connection.execute(f"select distinct {column}::int from '{file}'").fetchall())
            time.sleep(pause / 10)
        connection.execute(f"attach '{folder / 'customer_360.duckdb'}' as published (read_only)")
        connection.execute(f"attach '{folder / 'restricted' / 'customer_contacts.duckdb'}' as contacts (read_only)")
        editions |= set(connection.execute("select distinct edition from contacts.customer_contacts").fetchall())
        connection.execute("use published")
        publication_id, edition = tied(connection.execute(WHOLE).fetchone())
    if editions != {(edition,)} or publication_id != manifest["publication_id"] or folder.name != publication_id:
        raise MixedError(f"{folder.name}: {publication_id}, editions {editions}")
    return publication_id


def at_the_swap(published: Path, pause: float) -> str:
    """Wait for the link to change, and open at that very instant."""
    before, deadline = os.readlink(published / "current"), time.monotonic() + pause
    while os.readlink(published / "current") == before and time.monotonic() < deadline:
        time.sleep(0.005)
    with duckdb.connect(published / "customer_360.duckdb", read_only=True, config={"threads": 1}) as connection:
        return tied(connection.execute(WHOLE).fetchone())[0]


def one_by_one(published: Path, pause: float) -> None:
    """Parquet files by their fixed names, one after another: each is whole, but a swap may come in between."""
    editions = set()
    for mart, column in EDITION.items():
        file = published / "parquet" / f"{mart}.parquet"
        editions |= set(duckdb.execute(f"select distinct {column}::int from '{file}'").fetchall())
        time.sleep(pause / 10)
    if len(editions) > 1:
        raise MixedError(f"editions {editions}")


def _asked_again(ask: Callable[[], tuple], pause: float) -> str:
    first = tied(ask())
    for _ in range(3):
        time.sleep(pause / 4)
        if tied(ask()) != first:
            raise MixedError(f"{first} became another publication in one connection")
    return first[0]


KINDS = (duckdb_file, sqlalchemy_engine, version_folder, duckdb_file, at_the_swap)


def read(seed: int, kind: Callable, published: Path, pause: float, stop, ready, answers) -> None:
    """Look until told to stop; answers with (kind, [(from, to, publication seen)], errors, mixes, looks begun anew).

    The times are the machine's monotonic clock, which all processes share.
    """
    os.nice(5)  # publishing goes first: with many readers on few cores this measures them, not the waiting
    chance = random.Random(seed)
    seen, errors, mixes, anew = [], [], [], 0
    ask = _held(published) if kind is not sqlalchemy_engine else None
    held = ask and tied(ask())
    ready.release()
    while not stop.is_set():
        started = time.monotonic()
        try:
            publication_id = kind(published, pause * chance.random())
            seen.append((started, time.monotonic(), publication_id))
        except MixedError as mixed:
            mixes.append(str(mixed))
        except Exception as error:  # every kind counts: a BI user would see it
            if _was_pruned(kind, error):
                anew += 1
            else:
                errors.append(f"{type(error).__name__}: {error}")
        stop.wait(0 if kind is at_the_swap else pause * chance.random())
    if ask and tied(ask()) != held:
        mixes.append("a connection held from the beginning became another publication")
    answers.put((kind.__name__, seen, errors, mixes, anew))


def _held(published: Path) -> Callable[[], tuple]:
    """A connection that was opened before the first swap and is never closed, in the same process."""
    connection = duckdb.connect(published / "customer_360.duckdb", read_only=True, config={"threads": 1})
    return lambda: connection.execute(WHOLE).fetchone()


def _was_pruned(kind: Callable, error: Exception) -> bool:
    """A reader that follows the link itself may be slower than all kept publications: it begins again."""
    gone = isinstance(error, FileNotFoundError) or "No such file" in str(error) or "No files found" in str(error)
    return kind is version_folder and (gone or "does not exist" in str(error))
