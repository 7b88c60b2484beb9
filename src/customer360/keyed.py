"""Keyed hashes: a fingerprint of an identifier that nobody without the key can make or try out.

A plain hash of an e-mail address or a phone number is no protection: there are few enough of them to hash them all.
What has to be recognised again without being kept (who was erased) is therefore kept as HMAC-SHA-256 under a secret.
That is CUSTOMER360_HASH_KEY, or else made once and kept in `$CUSTOMER360_HOME/secrets/hash.key` (0600 in a folder
0700). Whoever changes the secret no longer recognises what was fingerprinted before.
"""

from __future__ import annotations

import contextlib
import hashlib
import hmac
import os
import secrets

from customer360.config import Settings
from customer360.durable import flush
from customer360.errors import SettingError

SHORTEST_KEY = 16


def keyed_hash(key: bytes, *parts: str) -> str:
    """64 hexadecimal digits for these texts in this order; other texts, or another key, give others."""
    message = b"".join(len(part.encode()).to_bytes(4) + part.encode() for part in parts)
    return hmac.new(key, message, hashlib.sha256).hexdigest()


def hash_key(settings: Settings) -> bytes:
    """The secret of this warehouse; makes the key file the first time. Raises SettingError when it is too short."""
    if settings.hash_key:
        if len(settings.hash_key) < SHORTEST_KEY:
            raise SettingError(f"CUSTOMER360_HASH_KEY is too short; it must have {SHORTEST_KEY} characters or more.")
        return settings.hash_key.encode()
    file = settings.key_file
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not file.exists():
        _make(file)
    key = file.read_bytes()
    if len(key) < SHORTEST_KEY:
        raise SettingError(f"{file} holds no key. Restore it from a backup, or set CUSTOMER360_HASH_KEY.")
    return key


def _make(file) -> None:
    """Whole or not at all: written aside, then linked to its name unless another process was quicker."""
    aside = file.with_name(f".{file.name}.{os.getpid()}")
    with open(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="ascii") as target:
        target.write(secrets.token_hex(32))
        target.flush()
        os.fsync(target.fileno())
    with contextlib.suppress(FileExistsError):
        os.link(aside, file)
    aside.unlink()
    flush(file.parent)
