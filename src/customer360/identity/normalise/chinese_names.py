"""Chinese names: family and given part of what is written in characters, and syllables of what is written in pinyin."""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files

from customer360.identity.normalise.text import _TYPED_U, romanise, syllable, table

# Surname -> its reading as a surname, which is often not the usual one: 曾 is Zeng, 单 is Shan.
SURNAMES = {row["surname"]: row["reading"] for row in table("chinese_surnames.csv")}
# The readings of the surnames that most people have: enough to tell which end of "Zhang Xiaoming" is the family's.
COMMON_READINGS = frozenset(
    syllable(row["reading"]) for row in table("chinese_surnames.csv") if row["is_common"] == "yes"
)
COMPOUND_READINGS = frozenset(
    reading for surname, reading in SURNAMES.items() if len(surname) > 1 and reading in COMMON_READINGS
)
SYLLABLES = frozenset(
    files(__package__).joinpath("pinyin_syllables.txt").read_text(encoding="utf-8").split()
) | frozenset(_TYPED_U)
LONGEST = max(map(len, SYLLABLES))
LONGEST_WORD = 60  # letters; longer than any name, and short enough to be read by recursion


def split_name(characters: str) -> tuple[str | None, str | None]:
    """Family and given name of two to four characters: 欧阳修 → 欧阳, 修. (None, None) if no surname begins it."""
    if not 2 <= len(characters) <= 5:
        return None, None
    if len(characters) > 2 and characters[:2] in SURNAMES:
        return characters[:2], characters[2:]
    if len(characters) < 5 and characters[0] in SURNAMES:
        return characters[0], characters[1:]
    return None, None


def read_surname(surname: str) -> str:
    """The pinyin of a surname in characters, as a surname is read."""
    return _joined(SURNAMES.get(surname)) or romanise(surname)


@lru_cache(maxsize=65536)
def syllables(token: str) -> tuple[str, ...] | None:
    """The syllables of a word of pinyin, longest first (xiaoming → xiao, ming); None for any other word."""
    if not token:
        return ()
    if len(token) > LONGEST_WORD:
        return None
    for length in range(min(LONGEST, len(token)), 0, -1):
        if token[:length] in SYLLABLES:
            rest = syllables(token[length:])
            if rest is not None:
                return (syllable(token[:length]), *rest)
    return None


def _joined(reading: str | None) -> str | None:
    parts = syllables(reading) if reading else None
    return "".join(parts) if parts else reading
