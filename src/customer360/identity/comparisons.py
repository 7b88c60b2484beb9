"""What is compared between two records, and how alike counts as what: the matching model, as data.

Each comparison is a list of levels from the most alike to the least; a pair falls on the first level whose condition
holds (`_l`, `_r`: the two records). `m` is how often two records of one person fall there, before any data is seen: the
prior that little data is blended with. The sentence is what a person reads as the reason of a link.
"""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Level:
    """One degree of likeness: its condition in SQL, its prior share among true pairs, its words."""

    condition: str
    m: float
    sentence: str
    frequency_of: str | None = None  # the column whose rarer values count for more


@dataclass(frozen=True)
class Comparison:
    """One thing compared; `missing` says when it cannot be, which counts neither for nor against."""

    name: str
    missing: str
    levels: tuple[Level, ...]

    @property
    def columns(self) -> set[str]:
        """The columns of a record that the conditions read."""
        text = " ".join([self.missing, *(level.condition for level in self.levels)])
        frequencies = {level.frequency_of for level in self.levels if level.frequency_of}
        return set(re.findall(r"\b([a-z_]+)_[lr]\b", text)) | frequencies


def _either_missing(column: str) -> str:
    return f"{column}_l is null or {column}_r is null"


def _distance(column: str) -> str:
    """Typing slips between two values: letters changed, lost, added, or two neighbours changed over."""
    return f"damerau_levenshtein({column}_l, {column}_r)"


def _likeness(column: str) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r)"


def _long(column: str) -> str:
    """In a short name one letter makes another name: Li Wei and Li Wen are two people."""
    return f"least(length({column}_l), length({column}_r)) >= 9"


def _one_part_much_alike(one: str, other: str) -> str:
    return " or ".join(
        f"damerau_levenshtein(one_name_{one}, {part}_{other}) <= 2 and length(one_name_{one}) > 3"
        f" or jaro_winkler_similarity(one_name_{one}, {part}_{other}) >= 0.88"
        for part in ("given_name", "family_name")
    )


# One is a short form or the initial of the other.
_SAME_GIVEN_NAME = (
    "(list_contains(given_name_roots_l, given_name_r) or list_contains(given_name_roots_r, given_name_l)"
    " or given_name_l = left(given_name_r, 1) or given_name_r = left(given_name_l, 1))"
)

NAME = Comparison(
    "name",
    _either_missing("name_key"),
    (
        Level("name_key_l = name_key_r", 0.55, "same name", "name_key"),
        Level(
            f"family_name_l = family_name_r and {_SAME_GIVEN_NAME}",
            0.08,
            "same family name, given names of the same person (short form or initial)",
            "family_name",
        ),
        Level("name_letters_l = name_letters_r", 0.03, "names of the same letters in another order"),
        Level(
            f"({_distance('name_compact')} <= 1 or {_distance('name_key')} <= 1) and {_long('name_compact')}",
            0.13,
            "names one letter apart",
        ),
        Level(
            "one_name_l = name_key_r or one_name_r = name_key_l"
            " or one_name_l in (given_name_r, family_name_r) or one_name_r in (given_name_l, family_name_l)",
            0.05,
            "one part of the name is given, and the same",
        ),
        Level(
            f"({_distance('name_compact')} <= 2 or {_likeness('name_compact')} >= 0.93"
            f" or {_likeness('name_key')} >= 0.93) and {_long('name_compact')}",
            0.07,
            "names much alike",
        ),
        Level(
            f"{_likeness('family_name')} >= 0.9 and least(length(family_name_l), length(family_name_r)) >= 5"
            f" and {_SAME_GIVEN_NAME}",
            0.01,
            "family names much alike, given names of the same person",
        ),
        Level(f"{_distance('name_letters')} <= 1", 0.02, "short names one letter apart"),
        Level(
            _one_part_much_alike("l", "r") + " or " + _one_part_much_alike("r", "l"),
            0.02,
            "one part of the name is given, and much alike",
        ),
        Level("one_name_l is not null and one_name_r is not null", 0.01, "each gives one part of a name"),
        Level("one_name_l is not null or one_name_r is not null", 0.01, "one part of the name is given, and differs"),
        Level("family_name_l = family_name_r", 0.005, "same family name, other given name", "family_name"),
        Level("given_name_l = given_name_r", 0.01, "same given name, other family name"),
        Level(
            f"{_likeness('name_compact')} >= 0.85 or {_likeness('name_key')} >= 0.85",
            0.02,
            "names somewhat alike",
        ),
        Level("else", 0.005, "different names"),
    ),
)

BIRTH_DATE = Comparison(
    "birth_date",
    _either_missing("born_on"),
    (
        Level("born_on_l = born_on_r", 0.80, "same birth date"),
        Level(
            "left(born_on_l, 4) = left(born_on_r, 4) and substr(born_on_l, 5, 2) = substr(born_on_r, 7, 2)"
            " and substr(born_on_l, 7, 2) = substr(born_on_r, 5, 2)",
            0.02,
            "birth dates with day and month changed over",
        ),
        Level(f"{_distance('born_on')} <= 1", 0.10, "birth dates one digit apart"),
        Level(f"{_distance('born_on')} <= 2", 0.04, "birth dates two digits apart"),
        Level("left(born_on_l, 4) = left(born_on_r, 4)", 0.005, "same year of birth"),
        Level("else", 0.015, "different birth dates"),
    ),
)

EMAIL = Comparison(
    "email",
    _either_missing("email"),
    (
        Level("email_l = email_r", 0.75, "same e-mail", "email"),
        # liwei81@ and liwei32@ are two people of one name, not a slip
        Level(
            f"{_distance('email')} <= 2 and email_number_l = email_number_r", 0.08, "e-mails one or two letters apart"
        ),
        Level("email_name_l = email_name_r", 0.04, "same e-mail name at another provider", "email_name"),
        Level(f"{_likeness('email')} >= 0.9 and email_number_l = email_number_r", 0.04, "e-mails much alike"),
        Level("else", 0.09, "different e-mails"),
    ),
)

PHONE = Comparison(
    "phone",
    _either_missing("phone"),
    (
        Level("phone_l = phone_r", 0.80, "same phone", "phone"),
        Level(f"{_distance('phone')} <= 1", 0.05, "phones one digit apart"),
        Level("else", 0.15, "different phones"),
    ),
)

ADDRESS = Comparison(
    "address",
    _either_missing("address"),
    (
        Level("address_key_l = address_key_r", 0.60, "same address"),
        Level(
            f"{_likeness('address_key')} >= 0.92 or {_distance('address')} <= 2"
            " or list_has_all(address_words_l, address_words_r) or list_has_all(address_words_r, address_words_l)",
            0.20,
            "addresses nearly the same",
        ),
        Level(
            "len(list_intersect(address_words_l, address_words_r)) * 2"
            " >= greatest(len(address_words_l), len(address_words_r))"
            f" or {_likeness('address')} >= 0.88",
            0.08,
            "addresses much alike",
        ),
        Level("list_has_any(address_words_l, address_words_r)", 0.04, "addresses with a word in common"),
        Level("else", 0.08, "different addresses"),
    ),
)

CITY = Comparison(
    "city",
    _either_missing("city"),
    (
        Level("city_l = city_r", 0.80, "same town", "city"),
        Level(f"{_likeness('city')} >= 0.88 or {_distance('city')} <= 2", 0.10, "towns much alike"),
        Level("else", 0.10, "different towns"),
    ),
)

POSTCODE = Comparison(
    "postcode",
    _either_missing("postcode"),
    (
        Level("postcode_l = postcode_r", 0.78, "same postcode", "postcode"),
        Level(f"{_distance('postcode')} <= 1", 0.08, "postcodes one sign apart"),
        Level("left(postcode_l, 3) = left(postcode_r, 3)", 0.04, "postcodes of one district"),
        Level("else", 0.10, "different postcodes"),
    ),
)

GENDER = Comparison(
    "gender",
    _either_missing("gender"),
    (Level("gender_l = gender_r", 0.97, "same gender"), Level("else", 0.03, "different genders")),
)

OCCUPATION = Comparison(
    "occupation",
    _either_missing("occupation"),
    (Level("occupation_l = occupation_r", 0.75, "same occupation"), Level("else", 0.25, "different occupations")),
)

COMPARISONS = (NAME, BIRTH_DATE, EMAIL, PHONE, ADDRESS, CITY, POSTCODE, GENDER, OCCUPATION)


def levels_between(comparison: Comparison, first: str, last: str | None = None) -> list[int]:
    """The numbers of a comparison's levels (0 = most alike) from one sentence to another; of one without `last`."""
    sentences = [level.sentence for level in comparison.levels]
    return list(range(sentences.index(first), sentences.index(last or first) + 1))


SHORT_NAMES = levels_between(NAME, "short names one letter apart")
ALIKE_NAMES = [
    level
    for level in levels_between(NAME, "same name", "one part of the name is given, and much alike")
    if level not in SHORT_NAMES
]
DIFFERENT_NAMES = [
    *levels_between(NAME, "same family name, other given name", "same given name, other family name"),
    *levels_between(NAME, "different names"),
]
ALIKE_DATES = levels_between(BIRTH_DATE, "same birth date", "birth dates two digits apart")
DIFFERENT_DATES = levels_between(BIRTH_DATE, "same year of birth", "different birth dates")
ALIKE_EMAILS = levels_between(EMAIL, "same e-mail", "e-mails much alike")
DIFFERENT_EMAILS = levels_between(EMAIL, "different e-mails")
ALIKE_ADDRESSES = levels_between(ADDRESS, "same address", "addresses much alike")
ALIKE_PHONES = levels_between(PHONE, "same phone", "phones one digit apart")
DIFFERENT_PHONES = levels_between(PHONE, "different phones")
ABBREVIATED_NAMES = [
    *levels_between(NAME, "same family name, given names of the same person (short form or initial)"),
    *levels_between(NAME, "family names much alike, given names of the same person", "short names one letter apart"),
]
