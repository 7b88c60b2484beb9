"""Which encoding a text file is in, and a copy of it in UTF-8. Nothing is guessed: what is not clear is refused."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from customer360.errors import SourceError


def as_utf8(source: Path, target: Path, *, limit: int) -> tuple[Path, str]:
    """The file in UTF-8 without a byte order mark (itself, where it is that already), and what it was in."""
    encoding = detect_encoding(source)
    if encoding == "utf-8":
        return source, encoding
    with open(source, encoding=encoding, newline="") as file, open(target, "w", encoding="utf-8", newline="") as copy:
        try:
            while text := file.read(1 << 20):
                copy.write(text)
                if copy.tell() > limit:
                    raise SourceError(f"is larger than {limit:,} bytes in UTF-8 (CUSTOMER360_MAX_FILE_BYTES)")
        except UnicodeError:
            raise SourceError(f"is not text in {encoding}, though it begins like it; deliver it in UTF-8") from None
    return target, encoding.removesuffix("-sig")


def detect_encoding(source: Path) -> str:
    """UTF-8, UTF-16, GB18030 or Latin (cp1252), by byte order mark or by what the bytes can be.

    Raises SourceError when that is not clear.
    """
    with open(source, "rb") as file:
        head = file.read(4096)
    if head.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if head.count(0) > len(head) // 4:
        return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
    if 0 in head:
        raise SourceError("holds zero bytes: it is not a text file")
    if _decodes(source, "utf-8"):
        return "utf-8"
    return _legacy_encoding(source)


def _legacy_encoding(source: Path) -> str:
    """Chinese text has its high bytes in pairs, Latin text has them one by one; anything in between is not guessed."""
    pairs = singles = 0
    with open(source, "rb") as file:
        for run in re.findall(rb"[\x80-\xff]+", file.read(4 << 20)):
            if len(run) % 2 == 0:
                pairs += len(run) // 2
            else:
                singles += 1
    share = pairs / max(pairs + singles, 1)
    if share >= 0.8 and _decodes(source, "gb18030"):
        return "gb18030"
    if share <= 0.2 and _decodes(source, "cp1252"):
        return "cp1252"
    raise SourceError(
        "is in an encoding that cannot be told for sure (not UTF-8, UTF-16, GB18030 or Latin-1); deliver it in UTF-8"
    )


def _decodes(source: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    with open(source, "rb") as file:
        try:
            while block := file.read(1 << 20):
                decoder.decode(block)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
