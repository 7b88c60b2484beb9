"""Backup, more data, damage, restore, run: is everything as if nothing had happened? And what do backups cost?

    python -m bench.restore [--home HOME] [restore|tidy]      HOME: a built sample home to copy, not to make one

`tidy` is the proof that tidying changes no mart: superseded versions are removed and all is built anew.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from customer360 import backup, pipeline, retention
from customer360.build import build
from customer360.config import Settings
from customer360.demo.company import generate
from customer360.demo.server import HelpdeskServer
from customer360.warehouse import reading, writing

WHEN_KNOWN = ["known_at", "checked_at", "known_until"]
WHEN_BELIEVED = ["valid_from", "valid_to"]  # of an assignment: from which build to which


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.restore", description=__doc__.partition("\n")[0])
    parser.add_argument("--home", type=Path)
    parser.add_argument("part", nargs="?", choices=["restore", "tidy"])
    options = parser.parse_args()
    work = Path(tempfile.mkdtemp(prefix="customer360-restore-"))
    try:
        home = work / "home"
        if options.home:
            shutil.copytree(options.home, home, symlinks=True)
        else:
            generate(home / "sample", size="small", seed=1)
        with HelpdeskServer(home / "sample" / "helpdesk", token="of-this-measurement") as helpdesk:
            settings = Settings(
                home=home,
                shop_url=f"sqlite:///{home / 'sample' / 'shop.sqlite'}",
                helpdesk_url=helpdesk.url,
                helpdesk_token="of-this-measurement",
                members_url=str(home / "sample" / "members"),
            )
            if not settings.warehouse.exists():
                _pull_and_build(settings)
            parts = {"restore": restored, "tidy": tidied}
            for name in [options.part] if options.part else parts:
                print(json.dumps(parts[name](settings), indent=2), flush=True)
    finally:
        shutil.rmtree(work, ignore_errors=True)


def restored(settings: Settings) -> dict:
    """A backup, a day more, damage, the restore and the day again, against the state before the damage."""
    found: dict = {"warehouse_bytes": settings.warehouse.stat().st_size}
    found["copy_seconds"] = _timed(lambda: shutil.copyfile(settings.warehouse, settings.home / "copy"))
    found["backup_seconds"] = _timed(lambda: backup.make(settings))
    found["backup_bytes"] = sum(path.stat().st_size for path in backup.kept(settings)[-1].rglob("*") if path.is_file())
    _more_data(settings)
    _pull_and_build(settings)
    undisturbed = contents(settings)
    os.truncate(settings.warehouse, settings.warehouse.stat().st_size // 2)
    found["restore_seconds"] = _timed(lambda: backup.restore(settings))
    _pull_and_build(settings)
    return found | {"marts_equal_after_restore": _equal(undisturbed, contents(settings))}


def tidied(settings: Settings) -> dict:
    """Every mart built anew from all versions, and from those that tidying leaves."""
    found: dict = {}
    _age_raw(settings)
    build(settings, run_id="before", full_refresh=True, with_tests=False, progress=lambda _: None)
    before = contents(settings)
    removed = retention.tidy(replace(settings, keep_raw_days=30), progress=lambda _: None)
    found["rows_tidied_from_raw"] = sum(each.count for each in removed if each.place.startswith("raw."))
    build(settings, run_id="after", full_refresh=True, with_tests=False, progress=lambda _: None)
    return found | {"marts_equal_after_tidying": _equal(before, contents(settings))}


def contents(settings: Settings) -> dict[str, tuple[int, int]]:
    """Of each mart: its rows and a fingerprint of them. When something became known is the warehouse's own affair."""
    with reading(settings, "compare") as connection:
        marts = connection.execute(
            "select table_name from information_schema.tables where table_schema = 'marts' order by 1"
        ).fetchall()
        return {
            mart: connection.execute(
                f"select count(*), sum(hash(t)::hugeint) "
                f"from (select columns(c -> not list_contains($when_known, c)) from marts.{mart}) t",
                {"when_known": WHEN_KNOWN + (WHEN_BELIEVED if mart == "customer_identities" else [])},
            ).fetchone()
            for (mart,) in marts
        }


def _pull_and_build(settings: Settings) -> None:
    for source in pipeline.SOURCES:
        pipeline.pull(settings, source, run_id="measured", progress=lambda _: None)
    build(settings, run_id="measured", with_tests=False, progress=lambda _: None)


def _more_data(settings: Settings) -> None:
    """A day of the shop: new customers with an order each, and others who changed."""
    with sqlite3.connect(settings.home / "sample" / "shop.sqlite") as shop:
        (latest,) = shop.execute("select max(updated_at) from orders").fetchone()
        for table, key in (("customers", "customer_id"), ("orders", "order_id")):
            columns = [row[1] for row in shop.execute(f"pragma table_info({table})")]
            new = {name: name for name in columns} | {key: f"'later-' || {key}", "updated_at": f"'{latest}'"}
            if table == "customers":
                new |= {"email": "'later.' || email", "phone": "null"}
            shop.execute(
                f"insert into {table} ({', '.join(columns)}) select {', '.join(new.values())} from {table} "
                f"where {key} in (select {key} from {table} order by {key} limit 50)"
            )
        shop.execute(
            "update customers set city = 'Elsewhere', updated_at = ? where customer_id in "
            "(select customer_id from customers order by customer_id desc limit 200)",
            [latest],
        )


def _age_raw(settings: Settings) -> None:
    """As if every version had been superseded long ago; and more of them."""
    with writing(settings, "measure") as connection:
        tables = connection.execute("select table_name from duckdb_tables() where schema_name = 'raw'").fetchall()
        for (table,) in tables:
            connection.execute(f"update raw.{table} set _loaded_at = _loaded_at - interval 100 day")
            connection.execute(
                f"insert into raw.{table} by name select * replace (updated_at - interval 1 hour as updated_at, "
                f"_row_hash + 1 as _row_hash) from raw.{table} using sample 10 percent (bernoulli, 1)"
            )


def _equal(one: dict, other: dict) -> str:
    different = [name for name in one | other if one.get(name) != other.get(name)]
    return f"all {len(one)}" if not different else f"NOT: {', '.join(different)}"


def _timed(step: Callable[[], object]) -> float:
    started = time.monotonic()
    step()
    return round(time.monotonic() - started, 2)


if __name__ == "__main__":
    main()
