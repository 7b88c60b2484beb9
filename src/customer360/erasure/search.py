"""Look for what is known of a person, in any case and encoding, in tables and in files' bytes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator
from urllib.parse import quote

ENCODINGS = ("utf-8", "utf-16-le", "utf-16-be", "gb18030")
FILLER = b"x"


class Search:
    """These strings, whole: `Ann Li` is not found in `Ann Lively`, nor a number in a longer one."""

    def __init__(self, strings: Iterable[str]):
        self.strings = sorted({string.lower() for string in strings}, key=lambda string: (-len(string), string))
        # what DuckDB's expressions (RE2) know; they have no look-behind
        self.pattern = "(?s)(^|[^a-z0-9])(" + "|".join(map(_escaped, self.strings)) + ")($|[^a-z0-9])"
        self._text = re.compile("(?<![a-z0-9])(?:" + "|".join(map(re.escape, self.strings)) + ")(?![a-z0-9])")
        written = {form for string in self.strings for form in _written(string)}
        self._patterns = {form.encode(encoding).lower() for form in written for encoding in ENCODINGS}

    def found(self, text: str) -> bool:
        return bool(self.strings) and self._text.search(text.lower()) is not None

    def count(self, raw: bytes) -> int:
        """How often bytes hold any of the strings."""
        return sum(1 for _ in self._places(raw))

    def blotted(self, raw: bytes) -> bytes:
        """The bytes with every place where one stands overwritten, as long as before: so a file stays what it was."""
        clean = bytearray(raw)
        for start, end in self._places(raw):
            clean[start:end] = FILLER * (end - start)
        return bytes(clean)

    def _places(self, raw: bytes) -> Iterator[tuple[int, int]]:
        lowered = raw.lower()  # which keeps the number of bytes
        met = sorted((pattern for pattern in self._patterns if pattern in lowered), key=len, reverse=True)
        if met:  # to look for one after the other is quick, for all at once is not: only what is there is looked for so
            whole = re.compile(b"(?<![a-z0-9])(?:" + b"|".join(map(re.escape, met)) + b")(?![a-z0-9])")
            yield from (place.span() for place in whole.finditer(lowered))


def _written(string: str) -> set[str]:
    """The string as other formats write it, in lower case like all that is searched."""
    return {string, json.dumps(string)[1:-1].lower(), quote(string).lower(), html.escape(string)}


def _escaped(string: str) -> str:
    return re.sub(r"([\\.+*?()|\[\]{}^$])", r"\\\1", string)
