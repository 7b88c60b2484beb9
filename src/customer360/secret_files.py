"""What a backup takes along from `secrets/`, and how it comes back.

A backup without the key cannot recognise who was erased, and one without the erasures would bring them back. So both
are in it, 0600 as in the home. A key that comes from the environment is never written down: a backup holds only a
fingerprint of it, and a restore under another key is refused.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb

from customer360.config import Settings
from customer360.durable import flush, rename
from customer360.errors import BackupError
from customer360.keyed import hash_key, keyed_hash

ERASURES = "erasures.jsonl"


def save(settings: Settings, folder: Path) -> None:
    folder.mkdir(mode=0o700)
    names = [ERASURES] if settings.hash_key else [settings.key_file.name, ERASURES]
    for name in names:
        file = settings.key_file.with_name(name)
        if file.exists():
            shutil.copyfile(file, folder / name)


def fingerprint(settings: Settings) -> str | None:
    """Which key this home has, without telling it; None when none was made yet."""
    if not settings.hash_key and not settings.key_file.exists():
        return None
    return _fingerprint(hash_key(settings))


def require_same_key(settings: Settings, expected: str | None, folder: Path) -> None:
    """Raise BackupError when this home's key is another one than the backup's: the erased would not be recognised."""
    ours = fingerprint(settings)
    if ours is None and expected and not (folder / settings.key_file.name).exists():
        raise BackupError("This backup was made under a CUSTOMER360_HASH_KEY that is not set here. Set it first.")
    if ours and expected and ours != expected:
        place = "CUSTOMER360_HASH_KEY" if settings.hash_key else settings.key_file
        raise BackupError(
            f"This backup was made under another key than {place} holds, so who was erased would not be recognised. "
            f"Give the key back that the backup was made under."
        )


def put_back(settings: Settings, folder: Path) -> None:
    """The key where none is; of the erasures, those of the home and those of the backup."""
    secrets = settings.key_file.parent
    key, erasures = folder / settings.key_file.name, folder / ERASURES
    if key.exists() or erasures.exists():
        secrets.mkdir(parents=True, exist_ok=True, mode=0o700)
    if key.exists() and not settings.key_file.exists() and not settings.hash_key:
        _write(settings.key_file, key.read_text(encoding="ascii"))
    if erasures.exists():
        known = secrets / ERASURES
        lines = known.read_text(encoding="utf-8").splitlines() if known.exists() else []
        lines += [line for line in erasures.read_text(encoding="utf-8").splitlines() if line not in set(lines)]
        _write(known, "".join(f"{line}\n" for line in lines))


def forget_erased(settings: Settings, connection: duckdb.DuckDBPyConnection) -> None:
    """Take out again whoever was erased since the backup was made."""
    if settings.key_file.with_name(ERASURES).exists():
        from customer360.erasure import reapply

        reapply(settings, connection)


def _fingerprint(key: bytes) -> str:
    return keyed_hash(key, "fingerprint of the key")[:16]


def _write(file: Path, text: str) -> None:
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as target:
        target.write(text)
    flush(aside)
    rename(aside, file)
