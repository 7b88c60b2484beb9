"""Runs that are under way, so that one that was killed does not vanish without a word.

A run holds a small file of its own in `running/` of the home, under a lock that dies with its process. Whoever records
a run next finds the files that nobody holds: those runs were killed, or could not record their end, and are recorded
then.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path

from customer360.config import Settings


@dataclass(frozen=True)
class Run:
    """One row of ops.pipeline_runs."""

    run_id: str
    command: str
    started_at: datetime
    ended_at: datetime | None = None
    status: str = "killed"  # until it has ended otherwise: succeeded, failed
    message: str | None = "its process ended without a word; what it committed stays"


class Mark:
    """The file of a run that is under way."""

    def __init__(self, file: Path, run: Run):
        self.file, self.run = file, run
        self._open = open(file, "w", encoding="utf-8")  # noqa: SIM115 (held for as long as the run lasts)
        fcntl.flock(self._open, fcntl.LOCK_EX)
        self.write(run)

    def write(self, run: Run) -> None:
        """What is to be recorded of the run, should it not come to do so itself."""
        self.run = run
        self._open.seek(0)
        self._open.truncate()
        json.dump(asdict(run), self._open, default=str)
        self._open.flush()

    def remove(self) -> None:
        """The run is recorded."""
        self.file.unlink(missing_ok=True)


@contextlib.contextmanager
def marked(settings: Settings, run: Run) -> Iterator[Mark]:
    """The mark of a run while it lasts. It stays behind unless it is removed."""
    folder = settings.home / "running"
    folder.mkdir(parents=True, exist_ok=True)
    with _alone(folder):
        mark = Mark(folder / f"{uuid.uuid4().hex}.json", run)
    try:
        yield mark
    finally:
        mark._open.close()


@contextlib.contextmanager
def left_behind(settings: Settings, *, forget: bool = True) -> Iterator[list[Run]]:
    """The runs of processes that are no more, oldest first; forgotten afterwards, if all goes well."""
    folder, runs, files = settings.home / "running", [], []
    with contextlib.ExitStack() as held:
        if folder.exists():
            held.enter_context(_alone(folder))
        for file in sorted(folder.glob("*.json")):
            lock = held.enter_context(open(file, encoding="utf-8"))
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                files.append(file)
                with contextlib.suppress(ValueError):  # killed while it wrote its first line: it had done nothing
                    runs.append(_read(lock.read()))
        yield sorted(runs, key=lambda run: run.started_at)
        for file in files if forget else ():
            file.unlink()


def _read(text: str) -> Run:
    run = Run(**json.loads(text))
    ended_at = run.ended_at and datetime.fromisoformat(str(run.ended_at))
    return replace(run, started_at=datetime.fromisoformat(str(run.started_at)), ended_at=ended_at)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody makes a mark, or looks whether one is held, at the same time."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
