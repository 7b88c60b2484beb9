"""Names, dates and addresses of people who do not exist, and how they are miswritten.

The lists are those of Faker, with frequencies where it has them; others get a skew like real ones: a few names are
everywhere, most are rare. Nothing is taken from a public test set.
"""

from __future__ import annotations

import importlib
import string
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import accumulate
from random import Random

from nicknames import NickNamer
from pypinyin import lazy_pinyin


class Names:
    """A list to draw from, the frequent more often."""

    def __init__(self, weighted: Mapping[str, float]) -> None:
        self.names = list(weighted)
        self.cumulative = list(accumulate(weighted.values()))

    def narrowed(self, count: int) -> Names:
        """Only `count` of the names, the first ones far more frequent: a register in which namesakes are the rule."""
        return Names({name: 1 / (rank + 4) for rank, name in enumerate(self.names[:count])})

    def draw(self, random: Random) -> str:
        return random.choices(self.names, cum_weights=self.cumulative)[0]


def _faker(kind: str, locale: str, name: str) -> Names:
    values = getattr(importlib.import_module(f"faker.providers.{kind}.{locale}").Provider, name)
    return Names(values if isinstance(values, Mapping) else _skewed(values, f"{kind} {locale} {name}"))


def _skewed(values: Sequence[str], seed: str) -> dict[str, float]:
    """Zipf's law with a flattened top, as names have it; which ones are frequent is up to the seed."""
    unique = sorted(set(values))
    Random(seed).shuffle(unique)
    return {value: 1 / (rank + 8) for rank, value in enumerate(unique)}


PLAIN_LETTERS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "é": "e", "è": "e"})
GIVEN = {
    "en": {"f": _faker("person", "en_US", "first_names_female"), "m": _faker("person", "en_US", "first_names_male")},
    "de": {"f": _faker("person", "de_DE", "first_names_female"), "m": _faker("person", "de_DE", "first_names_male")},
    "zh": {"f": _faker("person", "zh_CN", "first_names_female"), "m": _faker("person", "zh_CN", "first_names_male")},
}
FAMILY = {
    "en": _faker("person", "en_US", "last_names"),
    "de": _faker("person", "de_DE", "last_names"),
    "zh": _faker("person", "zh_CN", "last_names"),
}
CITIES = {
    "en": Names(
        _skewed([f"{FAMILY['en'].names[n]}{('ton', 'ford', 'field', ' Hill')[n % 4]}" for n in range(300)], "en")
    ),
    "de": _faker("address", "de_DE", "cities"),
    "zh": _faker("address", "zh_CN", "cities"),
}
TWO_CHARACTERS = "人民中山解放建设文化学院长江和平新华光明胜利友谊青年迎宾滨江"  # what streets are named for
STREETS = {
    "en": Names(
        _skewed([f"{a} {b}" for a in FAMILY["en"].names[:250] for b in ("Street", "Road", "Lane", "Close")], "s")
    ),
    "de": Names(_skewed([f"{a}{b}" for a in FAMILY["de"].names for b in ("straße", "weg", "gasse", "allee")], "s")),
    "zh": Names(
        _skewed(
            [
                f"{TWO_CHARACTERS[at : at + 2]}{kind}"
                for at in range(0, len(TWO_CHARACTERS), 2)
                for kind in ("路", "街", "大道", "东路", "西路", "南路", "北路")
            ],
            "s",
        )
    ),
}
REGIONS = {
    "en": _faker("address", "en_GB", "counties"),
    "de": _faker("address", "de_DE", "states"),
    "zh": _faker("address", "zh_CN", "provinces"),
}
JOBS = Names(_skewed(importlib.import_module("faker.providers.job.en_US").Provider.jobs, "jobs"))
TRADITIONAL = str.maketrans(
    "张刘陈杨黄赵吴孙马罗郑谢许韩邓冯叶苏吕卢钟谭陆伟强丽杰华国兰红军艳娟涛龙凤东晓鹏飞",
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮葉蘇呂盧鍾譚陸偉強麗傑華國蘭紅軍艷娟濤龍鳳東曉鵬飛",
)
NICKNAMES = NickNamer()
NEIGHBOURS = {
    key: "".join(row[max(0, at - 1) : at] + row[at + 1 : at + 2])
    for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm")
    for at, key in enumerate(row)
}


def slip(random: Random, text: str) -> str:
    """`text` with one typing slip: a letter lost, doubled, added, changed for its neighbour, or two changed over."""
    if len(text) < 2:
        return text + random.choice(string.ascii_lowercase)
    at = random.randrange(len(text))
    letter = text[at]
    match random.choice(["deletion", "doubling", "insertion", "neighbour", "transposition"]):
        case "deletion":
            return text[:at] + text[at + 1 :]
        case "doubling":
            return text[:at] + letter + text[at:]
        case "insertion":
            letters = string.digits if letter.isdigit() else string.ascii_lowercase
            added = random.choice(letters)
            return text[:at] + (added.upper() if letter.isupper() and at else added) + text[at:]
        case "transposition" if at + 1 < len(text) and letter != text[at + 1]:
            return text[:at] + text[at + 1] + letter + text[at + 2 :]
    choices = "0123456789" if letter.isdigit() else NEIGHBOURS.get(letter.lower(), string.ascii_lowercase)
    other = random.choice(choices.replace(letter.lower(), "") or "x")
    return text[:at] + (other.upper() if letter.isupper() else other) + text[at + 1 :]


def given_name(random: Random, language: str, gender: str) -> str:
    """A given name of a language ("en", "de", "zh"); Chinese ones are mostly two characters put together."""
    name = GIVEN[language][gender].draw(random)
    if language == "zh" and random.random() < 0.7:
        return name[0] + GIVEN[language][gender].draw(random)[-1]
    return name


def short_form(random: Random, given: str) -> str:
    """A short or pet form of a given name, itself where none is known."""
    forms = sorted(NICKNAMES.nicknames_of(given))
    return random.choice(forms).capitalize() if forms else given


def pinyin(name: str) -> str:
    """A Chinese name's part in Latin letters, as on a card: 建国 is Jianguo."""
    return "".join(lazy_pinyin(name)).capitalize()


def birth_date(random: Random, first_year: int, last_year: int) -> date:
    start = date(first_year, 1, 1)
    return start + timedelta(days=random.randrange((date(last_year, 12, 31) - start).days))


def wrong_date(random: Random, value: str) -> str:
    """An ISO date as it is miswritten: one digit, a part of it, or day and month changed over; always a real date."""
    for _ in range(20):
        year, month, day = map(int, value.split("-"))
        match random.choice(["digit", "day", "month", "year", "swap"]):
            case "digit":
                at = random.choice([2, 3, 6, 8, 9])
                changed = value[:at] + random.choice("0123456789") + value[at + 1 :]
            case "day":
                changed = f"{year:04}-{month:02}-{random.randrange(1, 29):02}"
            case "month":
                changed = f"{year:04}-{random.randrange(1, 13):02}-{day:02}"
            case "year":
                changed = f"{year + random.choice([-10, -2, -1, 1, 2, 10]):04}-{month:02}-{day:02}"
            case _:
                changed = f"{year:04}-{day:02}-{month:02}"
        if changed != value and _is_date(changed):
            return changed
    return value


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
