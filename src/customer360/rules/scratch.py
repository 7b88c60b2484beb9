"""A private copy of the warehouse and of the dbt project, to try rules on; removed whatever happens."""

from __future__ import annotations

import contextlib
import fcntl
import shutil
import signal
import threading
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from customer360.build import require_finished_build
from customer360.config import Settings
from customer360.errors import BuildError, WarehouseBusyError
from customer360.warehouse import reading


@dataclass(frozen=True)
class Copy:
    """Settings whose home is the copy, and the day that the copied marts describe."""

    settings: Settings
    built_as_of: date


@contextlib.contextmanager
def scratch_folder(settings: Settings) -> Iterator[Path]:
    """An empty folder under CUSTOMER360_HOME that only its owner may enter. It holds personal data while it is there.

    One at a time, so that what a killed process left behind is removed by the next.
    """
    folder = settings.home / "simulation"
    settings.home.mkdir(parents=True, exist_ok=True)
    with open(settings.home / "simulation.lock", "a", encoding="utf-8") as lock, _terminated_like_interrupted():
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WarehouseBusyError(f"Another simulation is running in {folder}. Wait for it to end.") from None
        try:
            if folder.exists():
                shutil.rmtree(folder)
            folder.mkdir(mode=0o700)
            yield folder
        finally:
            if folder.exists():
                shutil.rmtree(folder)


@contextlib.contextmanager
def _terminated_like_interrupted() -> Iterator[None]:
    """While it lasts, SIGTERM unwinds the process as Ctrl-C does, so that the copy is removed."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def copied(settings: Settings, project: Path, folder: Path) -> Copy:
    """Copy the warehouse of the last finished build, and the dbt project, into `folder`.

    Raises BuildError where no build has ended well, or the disk has no room for the copy.
    """
    with reading(settings, "tiers simulate") as connection:
        require_finished_build(connection)
        (as_of,) = connection.execute("select max(as_of_date) from marts.customer_360").fetchone()
        if as_of is None:
            raise BuildError("The last build has no customers: there is nothing to compare.")
        needed, free = 2 * settings.warehouse.stat().st_size, shutil.disk_usage(folder).free
        if free < needed:
            raise BuildError(
                f"A simulation needs {needed / 1e9:.1f} GB on the disk of {folder}, {free / 1e9:.1f} are free."
            )
        copy = replace(settings, home=folder, dbt_project=folder / "dbt_project")
        copy.warehouse.touch(mode=0o600)
        shutil.copyfile(settings.warehouse, copy.warehouse)
    shutil.copytree(project, copy.dbt_project, ignore=shutil.ignore_patterns("target", "logs"))
    return Copy(copy, as_of)
