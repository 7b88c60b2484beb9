"""Files that are whole or not there, whether a process is killed or the power fails.

A rename is one step, but a disk may make it before it has what the file holds. So what is written is flushed first,
then renamed, then the folder that holds the name is flushed too.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path


def flush(path: Path) -> None:
    """A file, or the names in a folder, on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def flush_all(folder: Path) -> None:
    """Everything in the folder on disk, before a name that others use points at it."""
    for path in [*folder.rglob("*"), folder]:
        flush(path)


def rename(path: Path, target: Path) -> None:
    """Give what is whole and flushed its name, and put the name on disk."""
    os.rename(path, target)
    flush(target.parent)


def sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
