"""Names of persons: one spelling, given and family part, and a weak key that knows neither order nor script."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from customer360.identity.normalise.chinese_names import (
    COMMON_READINGS,
    COMPOUND_READINGS,
    SURNAMES,
    read_surname,
    split_name,
    syllables,
)
from customer360.identity.normalise.given_names import roots
from customer360.identity.normalise.text import is_han, letters, listed, romanise

WORDS = listed("name_words.csv")
HONORIFICS, SUFFIXES, PARTICLES = WORDS["honorific"], WORDS["suffix"], WORDS["particle"]
CHINESE_HONORIFICS = tuple(sorted(WORDS["chinese_honorific"], key=len, reverse=True))
FORMAL_HONORIFICS = WORDS["formal_honorific"]  # before a family name, never before a given name alone
PLACEHOLDERS = WORDS["placeholder"]
LOST_SPACE = re.compile(r"(?!Mac|Mc|De|Di|Du|La|Le|Van)([A-Z][a-z]+)([A-Z][a-z]+)")  # NickHill, but not McDonald
CAPITALS = re.compile(r"\b[A-ZÀ-ÖØ-Þ][A-ZÀ-ÖØ-Þ'’-]+\b")


class Name(NamedTuple):
    """Of one person. Parts are None where the name does not show which is which."""

    normalised: str | None  # given before family name where that is known; Chinese characters as they stand
    given: str | None
    family: str | None
    family_romanised: str | None  # the family name in Latin letters, a Chinese one in its reading as a surname
    roots: tuple[str, ...] | None  # names the given name may stand for, itself among them
    key: str | None  # Latin words or pinyin syllables, sorted: 李小明, Li Xiaoming and Xiao-ming Li have the same


NONE = Name(None, None, None, None, None, None)


@lru_cache(maxsize=65536)
def normalise_name(full_name: str | None, given_name: str | None = None, family_name: str | None = None) -> Name:
    """The name out of its parts where a source has parts, else out of the full name. Empty or filled in: all None."""
    if given_name or family_name:
        given, family = _bare(letters(given_name or "")), _bare(letters(family_name or ""))
        if given or family:
            return _name(given, family)
    if not full_name:
        return NONE
    if "," in full_name or "，" in full_name:
        before, _, after = full_name.replace("，", ",").partition(",")
        family, given = _bare(letters(before)), _bare(letters(after))
        if family and given and not SUFFIXES.issuperset(given):
            return _name(given, family)
    if LOST_SPACE.fullmatch(full_name.strip()):
        full_name = LOST_SPACE.sub(r"\1 \2", full_name.strip())
    if CAPITALS.search(full_name) and any(map(str.islower, full_name)):
        given, family = _by_capitals(full_name)
        if given and family:
            return _name(given, family)
    words = letters(full_name)
    bare = _bare(words)
    if len(bare) == 1 and len(words) > 1 and words[0] in FORMAL_HONORIFICS:
        return _name([], bare)  # Herr Weiß
    return _from_words(bare)


def _by_capitals(full_name: str) -> tuple[list[str], list[str]]:
    """Given and family words where the family name alone is in capitals, as in "LI Wei" and "Jean DUPONT"."""
    given, family = [], []
    for word in full_name.split():
        folded = letters(word)
        is_loud = CAPITALS.fullmatch(word) and not HONORIFICS.union(SUFFIXES).issuperset(folded)
        (family if is_loud else given).extend(folded)
    if len(family) == 1 and len(family[0]) < 3 and family[0] not in COMMON_READINGS:
        return [], []  # J.P. without its points, or a degree
    return _bare(given), family


def _bare(words: list[str]) -> list[str]:
    """The words of a name without titles before it and degrees behind; none for a placeholder."""
    if not words or " ".join(words) in PLACEHOLDERS:
        return []
    while words and words[0] in HONORIFICS:
        words = words[1:]
    while len(words) > 1 and words[-1] in SUFFIXES:
        words = words[:-1]
    if words and not words[-1].isascii():
        for honorific in CHINESE_HONORIFICS:
            if words[-1].endswith(honorific):
                bare = words[-1].removesuffix(honorific)
                return [*words[:-1], bare] if bare else words[:-1]
    return words


def _from_words(words: list[str]) -> Name:
    if not words:
        return NONE
    characters = "".join(word for word in words if is_han(word))
    if characters:
        return _chinese(words, characters)
    if len(words) == 1:
        return _unordered(words)
    if all(map(_syllables, words)):
        return _pinyin(words)
    start = len(words) - 1  # particles belong to the family name: vincent | van gogh
    while start > 1 and words[start - 1] in PARTICLES:
        start -= 1
    return _name(words[:start], words[start:])


def _chinese(words: list[str], characters: str) -> Name:
    """A name with Chinese characters; a Latin one beside them ("李伟 Li Wei") says the same again."""
    family, given = split_name(characters)
    if family and given:
        return _name([given], [family])
    written = [word for word in words if is_han(word)]
    if len(written) == 2:  # 约翰·史密斯: a foreign name, in its own order
        return _name(written[:1], written[1:])
    latin = [word for word in words if not is_han(word)]
    if characters in SURNAMES:  # Lucy 李, 王老师
        return _name(latin, [characters])
    return _unordered([characters])


def _pinyin(words: list[str]) -> Name:
    """A name in pinyin, whose order differs from writer to writer: the end that is a common surname tells."""
    words = ["".join(_syllables(word)) for word in words]
    first, last = words[0] in COMMON_READINGS, words[-1] in COMMON_READINGS
    if first and last:  # a surname of two syllables is hardly a given name: Yan Ouyang
        first, last = words[0] in COMPOUND_READINGS, words[-1] in COMPOUND_READINGS
        if first == last:
            return _unordered(words)
    family, given = (words[:1], words[1:]) if first else (words[-1:], words[:-1])
    return _name(given, family)


def _name(given: list[str], family: list[str]) -> Name:
    if len(given) > 1 and family and all(map(_syllables, [*given, *family])):
        given = ["".join(given)]  # Xiao Ming Li is Xiaoming Li
    given_name, family_name = _spaced(given), _spaced(family)
    return Name(
        _written(given_name, family_name),
        given_name,
        family_name,
        read_surname(family_name) if family_name else None,
        roots(given_name) if given_name else None,
        _key([*given, *family], family_name),
    )


def _unordered(words: list[str]) -> Name:
    return Name(_spaced(words), None, None, None, None, _key(words, None))


def _spaced(words: list[str]) -> str | None:
    return " ".join(words).replace("-", " ") or None


def _written(given: str | None, family: str | None) -> str | None:
    if given and family and is_han(given) and is_han(family):
        return family + given if family in SURNAMES else given + family
    return f"{given} {family}" if given and family else given or family


def _syllables(word: str) -> tuple[str, ...] | None:
    return syllables(word.replace("-", ""))


def _key(words: list[str], family: str | None) -> str:
    parts = []
    for word in words:
        if word.isascii() or not is_han(word):
            parts.append(_syllables(romanise(word)))
        elif word == family:
            parts.append(syllables(read_surname(word)))
        else:
            parts.append(tuple(map(romanise, word)))
    if all(parts):
        return " ".join(sorted(syllable for part in parts for syllable in part))
    return " ".join(sorted(" ".join(map(romanise, words)).replace("-", " ").split()))
