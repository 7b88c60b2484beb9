"""Work for others that must not hold up our own: it gets so many seconds, whatever it waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def within(seconds: float, work: Callable[[], T]) -> T | None:
    """What `work` returns, or None when it takes longer; it is then left behind in its thread, which ends with us.

    Timeouts of libraries do not do: neither a name server nor a server that sends a byte a minute obeys them. `work`
    must not raise.
    """
    outcome: list[T] = []
    thread = threading.Thread(target=lambda: outcome.append(work()), daemon=True)
    thread.start()
    thread.join(seconds)
    return outcome[0] if outcome else None
