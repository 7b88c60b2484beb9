"""The real command in a process of its own, that can be killed: forked from one that has imported everything.

A fork saves the seconds that imports take, hundreds of times; what then runs is `customer360.cli.main`, nothing else.
The parent opens no database and starts no thread, so that its children begin clean.
"""

from __future__ import annotations

import json
import os
import shlex
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import fault_points

OURS = (
    "customer360.cli", "customer360.pipeline", "customer360.build", "customer360.quality", "customer360.publish",
    "customer360.sources.orders", "customer360.sources.tickets", "customer360.sources.members",
)  # fmt: skip
HEAVY = ("customer360.duckdb_dialect", "dbt.cli.main", "dbt.adapters.duckdb.impl", "great_expectations")  # fmt: skip


def import_everything(*, heavy: bool = True) -> None:
    """What every command needs, before the first fork; `heavy` for those that build or check."""
    import importlib

    for module in OURS + (HEAVY if heavy else ()):
        importlib.import_module(module)


@dataclass(frozen=True)
class Outcome:
    """How a command ended: killed, or with an exit code; what it said; how long it took."""

    killed: bool
    code: int | None
    said: str
    seconds: float


def run(
    command: str, environment: dict[str, str], folder: Path, *, strike: str | None = None, after: float | None = None
) -> Outcome:
    """Run `customer360 <command>`; kill it at the point `strike`, or `after` so many seconds."""
    log, counts = folder / "said.txt", folder / "counts.json"
    counts.unlink(missing_ok=True)
    started = time.monotonic()
    child = os.fork()
    if not child:
        _be(command, environment, log, counts, strike)
    if after is None:
        _, status = os.waitpid(child, 0)
    else:
        status = _wait(child, started + after)
        if status is None:
            os.kill(child, signal.SIGKILL)
            _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - started
    killed = os.WIFSIGNALED(status)
    if killed and os.WTERMSIG(status) != signal.SIGKILL:
        raise RuntimeError(f"{command} died of signal {os.WTERMSIG(status)}: {log.read_text()}")
    code = None if killed else os.waitstatus_to_exitcode(status)
    return Outcome(killed, code, log.read_text(errors="replace"), seconds)


def _wait(child: int, until: float) -> int | None:
    while time.monotonic() < until:
        done, status = os.waitpid(child, os.WNOHANG)
        if done:
            return status
        time.sleep(0.005)
    return None


def _be(command: str, environment: dict[str, str], log: Path, counts: Path, strike: str | None) -> None:
    """What the child does; never returns."""
    code = 70
    try:
        output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.environ.update(environment)
        chosen = fault_points.Strike(strike)
        chosen.install(fault_points.of_command(command))
        sys.argv = ["customer360", *shlex.split(command)]
        from customer360.cli import main

        try:
            main()
            code = 0
        except SystemExit as error:
            code = error.code if isinstance(error.code, int) else int(bool(error.code))
        counts.write_text(json.dumps(chosen.counts))
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def apart(function: Callable[..., object], *arguments: object) -> object:
    """The result of a function that opens databases, run in a forked process; it must survive JSON."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        try:
            answer = {"result": function(*arguments)}
        except BaseException as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        with os.fdopen(writing, "w") as pipe:
            json.dump(answer, pipe, default=str)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    answer = json.loads(text)
    if "error" in answer:
        raise AssertionError(answer["error"])
    return answer["result"]
