"""Text that means the same, written the same: width, case, diacritics, traditional Chinese, other scripts."""

from __future__ import annotations

import csv
import re
import unicodedata
from importlib.resources import files

from anyascii import anyascii
from opencc import OpenCC
from pypinyin import lazy_pinyin

# Letters that Unicode does not take apart into a base letter and a mark.
LETTERS = {"ß": "ss", "æ": "ae", "œ": "oe", "ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "ı": "i", "ħ": "h"}
APOSTROPHES = "'’‘ʼʻ`´′"

DASHES = re.compile("-+")

_simplifier = OpenCC("t2s")


class _Characters(dict):
    """A table for str.translate that works each character out once, when it is first met."""

    def __init__(self, rule) -> None:
        super().__init__()
        self.rule = rule

    def __missing__(self, code: int) -> str:
        self[code] = self.rule(chr(code))
        return self[code]


def _folded(character: str) -> str:
    small = unicodedata.normalize("NFKC", character).lower()
    small = "".join(LETTERS.get(letter, letter) for letter in small)
    # only the marks of Latin, Greek and Cyrillic are decoration; those of other scripts are part of the letter
    bare = "".join(part for part in unicodedata.normalize("NFD", small) if not "\u0300" <= part <= "\u036f")
    return _simplifier.convert(unicodedata.normalize("NFC", bare))


def _letters(character: str) -> str:
    if unicodedata.category(character) == "Pd":
        return "-"
    folded = _folded(character)
    if character in APOSTROPHES or folded in APOSTROPHES:
        return ""
    return folded if all(unicodedata.category(part)[0] in "LM" for part in folded) else " "


def _letters_and_digits(character: str) -> str:
    folded = _folded(character)
    if character in APOSTROPHES or folded in APOSTROPHES:
        return ""
    return folded if all(unicodedata.category(part)[0] in "LMN" for part in folded) else " "


def _romanised(character: str) -> str:
    if is_han(character):
        return syllable(lazy_pinyin(character)[0])
    return anyascii(character).lower().strip() or character


_FOLDED, _LETTERS, _WORDS, _ROMANISED = map(_Characters, (_folded, _letters, _letters_and_digits, _romanised))


def fold(text: str) -> str:
    """Half-width, lower case, without diacritics, simplified Chinese."""
    return text.translate(_FOLDED)


def letters(text: str) -> list[str]:
    """The folded words of a text, of letters only; an apostrophe joins (obrien), a hyphen stays (alexa-rose)."""
    text = text.translate(_LETTERS)
    if "-" not in text:
        return text.split()
    return [word for part in text.split() if (word := DASHES.sub("-", part.strip("-")))]


def words(text: str) -> list[str]:
    """The folded words of a text, of letters and digits."""
    return text.translate(_WORDS).split()


def romanise(text: str) -> str:
    """Folded text in Latin letters: Chinese as pinyin, read character by character; other scripts transliterated."""
    return text if text.isascii() else text.translate(_ROMANISED)


def syllable(pinyin: str) -> str:
    """A syllable of pinyin as people type it: ü as u, since lü is found as lv, lyu, luu and lu."""
    return _TYPED_U.get(pinyin, pinyin)


_TYPED_U = {
    first + u + rest: first + "u" + rest for first in "ln" for u in ("v", "yu", "uu", "ü") for rest in ("", "e")
}


def is_han(text: str) -> bool:
    """Whether every character is a Chinese one."""
    return all(
        "\u4e00" <= letter <= "\u9fff" or "\u3400" <= letter <= "\u4dbf" or "\U00020000" <= letter <= "\U0003ffff"
        for letter in text
    )


def table(name: str) -> list[dict[str, str]]:
    """The rows of a CSV file of this package."""
    with files(__package__).joinpath(name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def listed(name: str) -> dict[str, frozenset[str]]:
    """A CSV file of `kind,word` as the words of each kind."""
    kinds: dict[str, set[str]] = {}
    for row in table(name):
        kinds.setdefault(row["kind"], set()).add(row["word"])
    return {kind: frozenset(members) for kind, members in kinds.items()}
