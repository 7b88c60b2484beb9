"""Folders that a source delivers files into, on this machine or in S3: what is in them, and a copy of a file.

A file that is still being written is left for the next pull. S3 takes the usual AWS variables, AWS_ENDPOINT_URL among
them.
"""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import fsspec
from fsspec import AbstractFileSystem

from customer360.errors import SourceError, SourceUnreachableError
from customer360.sources import files
from customer360.sources.landing import Progress, may_pass

SETTLE_SECONDS = 2.0  # local files that changed within this time are waited for, to see whether they still grow
_UNFINISHED = (".part", ".tmp", ".partial", ".crdownload", ".filepart", ".swp", "~")


@dataclass(frozen=True)
class Entry:
    """One file. `version` changes when its content may have changed (ETag, or size and time of change)."""

    path: str
    name: str  # relative to the folder
    bytes: int
    version: str
    changed_at: datetime | None  # naive UTC

    @property
    def base(self) -> str:
        return self.name.rsplit("/", 1)[-1]


def listed(url: str, source: str, setting: str, progress: Progress) -> tuple[AbstractFileSystem, list[Entry]]:
    """The finished files of the folder `url` in order of name; says which are not finished.

    source, setting: who delivers and which setting holds the folder, for messages. Raises SourceError when there is
    no such folder or it cannot be listed.
    """
    try:
        # A store of its own for every pull: a shared one keeps its listings, address and keys though they changed.
        filesystem, root = fsspec.core.url_to_fs(url, skip_instance_cache=True)
        entries = _settled(filesystem, root) if filesystem.exists(root) else None
    except Exception as error:  # every fsspec backend raises what its own library raises
        line = f"{type(error).__name__}: {error}".splitlines()[0]
        kind = SourceUnreachableError if may_pass(error) else SourceError
        raise kind(f"{source}: {url} cannot be listed: {line}") from None
    if entries is None:
        raise SourceError(f"{source}: there is no folder {url}. Check {setting}.")
    found = []
    for path, info in sorted(entries.items()):
        name = _printable(path[len(root) :].lstrip("/"))
        entry = Entry(path, name, info["size"], _version(info), _changed_at(info))
        if "destination" in info and not _is_within(path, root):
            progress(f"{source}: {name} is not read: it is a link to outside of the folder. Put the file itself there")
        elif "destination" in info and os.path.isdir(path):
            progress(f"{source}: {name} is not read: it is a link to a folder")
        elif info["type"] != "file" and not os.path.isfile(path):
            progress(f"{source}: {name} is not read: it is no file")
        elif entry.base.startswith((".", "_")) or entry.base.endswith(_UNFINISHED):
            progress(f"{source}: {entry.name} is left for the next pull: its name says that it is not finished")
        else:
            found.append(entry)
    return filesystem, found


def _printable(name: str) -> str:
    """The name with what would break a line, or is no text, written out as \\x0a."""
    plain = name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)


def _is_within(path: str, root: str) -> bool:
    """Whether a local file, with every link followed, is in the folder, with every link followed."""
    return Path(path).resolve().is_relative_to(Path(root).resolve())


def _settled(filesystem: AbstractFileSystem, root: str) -> dict[str, dict]:
    """{path: info}. Local files that changed a moment ago are waited for; those that still change are left out."""
    entries = filesystem.find(root, detail=True)
    if "file" not in _texts(filesystem.protocol):
        return entries  # an object in S3 is whole or not there
    youngest = max((info.get("mtime", 0) for info in entries.values()), default=0)
    wait = SETTLE_SECONDS - (time.time() - youngest)
    if not 0 < wait <= SETTLE_SECONDS:
        return entries
    time.sleep(wait)
    later = filesystem.find(root, detail=True)
    return {path: info for path, info in later.items() if _version(info) == _version(entries.get(path, info))}


def _texts(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _version(info: dict) -> str:
    etag = info.get("ETag") or info.get("etag")
    return str(etag).strip('"') if etag else f"{info.get('size')}-{info.get('mtime')}"


def _changed_at(info: dict) -> datetime | None:
    moment = info.get("LastModified") or info.get("mtime")
    if isinstance(moment, int | float):
        return datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    return moment.astimezone(UTC).replace(tzinfo=None) if isinstance(moment, datetime) else None


def fetch(filesystem: AbstractFileSystem, path: str, target: Path, *, limit: int) -> str:
    """Copy a file of at most `limit` bytes to `target`; returns its SHA-256."""
    digest, size = hashlib.sha256(), 0
    try:
        with filesystem.open(path, "rb") as source, open(target, "wb") as copy:
            while block := source.read(1 << 20):
                size += len(block)
                if size > limit:
                    raise SourceError(f"is larger than {limit:,} bytes (CUSTOMER360_MAX_FILE_BYTES)")
                digest.update(block)
                copy.write(block)
    except FileNotFoundError:
        raise files.HalfWrittenError("it vanished while it was read") from None
    except PermissionError:
        raise SourceError("may not be read by this user") from None
    return digest.hexdigest()
