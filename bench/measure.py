"""Wall time and peak memory of a command and everything it starts."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

EVERY_SECONDS = 0.1
GIB = 1024**3


@dataclass(frozen=True)
class Measured:
    """seconds: wall clock, start-up included. peak_bytes: highest sum of resident memory over the process tree."""

    seconds: float
    peak_bytes: int
    output: str

    @property
    def peak_gib(self) -> float:
        return self.peak_bytes / GIB


def run(command: Sequence[str], environment: Mapping[str, str]) -> Measured:
    """Run a command to its end. Raises RuntimeError with its last words when it fails."""
    started = time.monotonic()
    process = subprocess.Popen(
        command, env=dict(environment), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace"
    )
    peak = [0]
    watcher = threading.Thread(target=_watch, args=(process.pid, peak), daemon=True)
    watcher.start()
    output, _ = process.communicate()
    seconds = time.monotonic() - started
    watcher.join()
    if process.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {process.returncode}:\n{output[-3000:]}")
    return Measured(seconds, peak[0], output)


def _watch(pid: int, peak: list[int]) -> None:
    while True:
        try:
            process = psutil.Process(pid)
            tree = [process, *process.children(recursive=True)]
            if process.status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:  # it may end between any two of these
            return
        peak[0] = max(peak[0], sum(_resident(each) for each in tree))
        time.sleep(EVERY_SECONDS)


def _resident(process: psutil.Process) -> int:
    try:
        return process.memory_info().rss
    except psutil.Error:
        return 0
